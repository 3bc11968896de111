package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.futex.FutexSequence;
import io.futex.FutexWord;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No operation of Semaphore, Event, Once, Parker and Doorbell allocates a byte in a platform thread, whether it waits
/// or not.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrimitivesAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final int OPERATIONS = 2_000;

    /// Calls into native code allocate until the compiler is done with them. What allocates for good does so in every
    /// round.
    private static final int ROUNDS = 100;

    /// What the measuring itself may cost, and a lazily made object of the JVM: less than a byte an operation.
    private static final long NOISE = OPERATIONS - 1;

    private static void nothing() {}

    @Test
    void semaphore() throws Exception {
        Semaphore semaphore = new Semaphore(5);
        assertAllocatesNothing(() -> {
            semaphore.acquire();
            semaphore.acquireUninterruptibly(2);
            assertTrue(semaphore.tryAcquire());
            assertTrue(semaphore.tryAcquire(1, TimeUnit.DAYS));
            semaphore.release();
            semaphore.release(4);
            assertTrue(semaphore.drainPermits() == 5);
            semaphore.release(5);
            assertTrue(!semaphore.tryAcquire(6, 100, TimeUnit.NANOSECONDS));
        });
        Semaphore none = new Semaphore(0);
        assertAllocatesNothing(() -> {
            assertTrue(!none.tryAcquire(20, TimeUnit.MICROSECONDS));
            assertTrue(!none.tryAcquireUninterruptibly(2, 20, TimeUnit.MICROSECONDS));
        });
    }

    @Test
    void event() throws Exception {
        for (Event event : List.of(Event.manualReset(), Event.autoReset())) {
            assertAllocatesNothing(() -> {
                event.set();
                event.await();
                event.set();
                event.awaitUninterruptibly();
                event.set();
                assertTrue(event.await(1, TimeUnit.DAYS));
                event.reset();
                assertTrue(!event.isSet());
                assertTrue(!event.await(20, TimeUnit.MICROSECONDS));
                assertTrue(!event.awaitUninterruptibly(20, TimeUnit.MICROSECONDS));
            });
        }
    }

    @Test
    void once() throws Exception {
        Once once = new Once();
        assertAllocatesNothing(() -> {
            once.run(PrimitivesAllocationTest::nothing);
            once.runInterruptibly(PrimitivesAllocationTest::nothing);
            assertTrue(once.run(PrimitivesAllocationTest::nothing, 1, TimeUnit.DAYS) && once.isDone());
        });
    }

    /// One whose body is not over: a wait that ends by the clock.
    @Test
    void onceThatIsRunning() throws Exception {
        Once once = new Once();
        Event over = Event.manualReset();
        Waiter runner = Waiter.platform(() -> {
            once.run(over::awaitUninterruptibly);
            return "ran";
        });
        Await.until("running", () -> once.toString().equals("Once[running]"));
        assertAllocatesNothing(() -> {
            assertTrue(!once.run(PrimitivesAllocationTest::nothing, 20, TimeUnit.MICROSECONDS));
            assertTrue(!once.runUninterruptibly(PrimitivesAllocationTest::nothing, 20, TimeUnit.MICROSECONDS));
        });
        over.set();
        assertThat(runner.result()).isEqualTo("ran");
    }

    /// One whose body ends, by an exception, lest it be done for good, while another thread waits for it.
    @Test
    void onceThatIsReleased() throws Exception {
        Once once = new Once();
        Semaphore begun = new Semaphore(0);
        Failure failure = new Failure();
        Runnable slow = () -> {
            begun.release();
            while (once.waiters() == 0) {
                Thread.onSpinWait();
            }
            throw failure;
        };
        Runnable quick = () -> {
            throw failure;
        };
        assertAllocatesNothing(() -> fail(once, slow), () -> {
            begun.acquire();
            fail(once, quick);
        });
    }

    private static void fail(Once once, Runnable body) {
        try {
            once.run(body);
            throw new AssertionError();
        } catch (Failure expected) {
            // made once, before the measuring
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failure() {
            super("on purpose", null, false, false);
        }
    }

    @Test
    void parker() throws Exception {
        Parker parker = new Parker();
        assertAllocatesNothing(() -> {
            parker.unpark();
            parker.park();
            parker.unpark();
            parker.parkUninterruptibly();
            assertTrue(!parker.park(20, TimeUnit.MICROSECONDS));
            assertTrue(!parker.parkUninterruptibly(20, TimeUnit.MICROSECONDS));
        });
    }

    @Test
    void doorbell() throws Exception {
        Doorbell bell = new Doorbell();
        BooleanSupplier ready = () -> true;
        BooleanSupplier never = () -> false;
        assertAllocatesNothing(() -> {
            bell.ring();
            bell.await(ready);
            bell.awaitUninterruptibly(ready);
            assertTrue(bell.await(ready, 1, TimeUnit.DAYS));
            assertTrue(!bell.await(never, 20, TimeUnit.MICROSECONDS));
            assertTrue(!bell.awaitUninterruptibly(never, 20, TimeUnit.MICROSECONDS));
        });
    }

    /// A word and a counter that change while somebody waits.
    @Test
    void changes() throws Exception {
        FutexWord word = FutexWord.local(0);
        MemorySegment counter = Arena.ofAuto().allocate(8, 8);
        FutexSequence sequence = FutexSequence.local(counter, 0);
        Doorbell bell = new Doorbell();
        long[] seen = new long[1];
        BooleanSupplier ready = () -> sequence.getAcquire() > seen[0];
        assertAllocatesNothing(
                () -> {
                    word.awaitChange(0);
                    word.set(0);
                    word.wakeOne();
                    assertTrue(sequence.awaitBeyond(seen[0]) == ++seen[0]);
                    word.set(2);
                    word.wakeOne();
                    bell.await(ready);
                    seen[0]++;
                    assertTrue(!sequence.awaitBeyond(seen[0], 20, TimeUnit.MICROSECONDS));
                    assertTrue(!word.awaitChange(2, 20, TimeUnit.MICROSECONDS));
                    word.set(0);
                    word.wakeOne();
                },
                () -> {
                    word.set(1);
                    word.wakeOne();
                    word.awaitChange(1);
                    LONG.getAndAdd(counter, 0L, 1L);
                    sequence.wakeAll();
                    word.awaitChange(0);
                    LONG.getAndAdd(counter, 0L, 1L);
                    bell.ring();
                    word.awaitChange(2);
                });
    }

    /// Two threads that wake each other: both the waits and the wakes.
    @Test
    void twoThreads() throws Exception {
        Semaphore ping = new Semaphore(0);
        Semaphore pong = new Semaphore(0);
        Event manual = Event.manualReset();
        Event auto = Event.autoReset();
        Parker parker = new Parker();
        assertAllocatesNothing(
                () -> {
                    ping.release();
                    pong.acquire(2);
                    auto.await();
                    manual.set();
                    parker.park();
                },
                () -> {
                    ping.acquire();
                    pong.release();
                    pong.release();
                    auto.set();
                    manual.await();
                    manual.reset();
                    parker.unpark();
                });
    }

    private static void assertTrue(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }

    private interface Operation {
        void run() throws Exception;
    }

    /// Each in a thread of its own.
    private static void assertAllocatesNothing(Operation... operations) throws Exception {
        CyclicBarrier step = new CyclicBarrier(operations.length);
        long[] allocated = new long[operations.length];
        try (ExecutorService threads = Executors.newFixedThreadPool(operations.length)) {
            List<Callable<Long>> measuring = new ArrayList<>();
            for (int i = 0; i < operations.length; i++) {
                int own = i;
                measuring.add(() -> {
                    long least = Long.MAX_VALUE;
                    for (int round = 0; round < ROUNDS; round++) {
                        long before = THREADS.getCurrentThreadAllocatedBytes();
                        for (int k = 0; k < OPERATIONS; k++) {
                            operations[own].run();
                        }
                        least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
                        allocated[own] = least;
                        step.await(); // all end after the same round
                        boolean done = Arrays.stream(allocated).allMatch(each -> each <= NOISE);
                        step.await();
                        if (done) {
                            break;
                        }
                    }
                    return least;
                });
            }
            for (Future<Long> each : threads.invokeAll(measuring)) {
                assertThat(each.get()).isLessThanOrEqualTo(NOISE);
            }
        }
    }
}
