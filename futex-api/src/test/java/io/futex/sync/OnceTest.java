package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OnceTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Once once = new Once();
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void runsOnce() throws Exception {
        assertThat(once.isDone()).isFalse();
        assertThat(once).hasToString("Once[new]");
        once.run(() -> {
            assertThat(once).hasToString("Once[running]");
            assertThat(once.isDone()).isFalse();
            runs.incrementAndGet();
        });
        assertThat(once.isDone()).isTrue();
        assertThat(once).hasToString("Once[done]");
        once.run(runs::incrementAndGet);
        once.runInterruptibly(runs::incrementAndGet);
        assertThat(once.run(runs::incrementAndGet, 0, TimeUnit.DAYS)).isTrue();
        assertThat(once.runUninterruptibly(runs::incrementAndGet, -1, TimeUnit.DAYS))
                .isTrue();
        assertThat(runs).hasValue(1);
    }

    @Test
    void everyFormRunsTheBody() throws Exception {
        new Once().runInterruptibly(runs::incrementAndGet);
        assertThat(new Once().run(runs::incrementAndGet, 0, TimeUnit.DAYS)).isTrue();
        assertThat(new Once().runUninterruptibly(runs::incrementAndGet, Long.MIN_VALUE, TimeUnit.DAYS))
                .isTrue();
        assertThat(runs).hasValue(3);
    }

    @Test
    void aBodyThatThrowsHasNotRun() {
        RuntimeException mine = new RuntimeException("on purpose");
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> once.run(() -> {
                    throw mine;
                }))
                .isSameAs(mine);
        assertThat(once).hasToString("Once[new]");
        once.run(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
    }

    /// Those that wait while a body throws: one of them runs its own, the others are served by that.
    @Test
    void waitersRetryWhatHasThrown() {
        Waiter first = Waiter.platform(() -> {
            once.run(() -> {
                awaitLatch();
                throw new IllegalArgumentException("on purpose");
            });
            return "";
        });
        Await.until("running", () -> once.toString().equals("Once[running]"));
        List<Waiter> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(Waiter.start(i % 2 == 0, () -> {
                once.run(runs::incrementAndGet);
                return "served";
            }));
        }
        mayEnd.countDown();
        assertThat(first.thrown()).hasMessage("on purpose");
        others.forEach(other -> assertThat(other.result()).isEqualTo("served"));
        assertThat(runs).hasValue(1);
    }

    @Test
    void theBodyMustNotCallIt() {
        assertThatIllegalStateException().isThrownBy(() -> once.run(() -> once.run(runs::incrementAndGet)));
        assertThat(once).as("the body has thrown").hasToString("Once[new]");
        assertThatIllegalStateException()
                .isThrownBy(() -> once.run(() -> once.runUninterruptibly(runs::incrementAndGet, 0, TimeUnit.DAYS)));
        once.run(() -> {
            assertThatIllegalStateException().isThrownBy(() -> once.runInterruptibly(runs::incrementAndGet));
            assertThatIllegalStateException().isThrownBy(() -> once.run(runs::incrementAndGet, 1, TimeUnit.DAYS));
        });
        assertThat(runs).hasValue(0);
        assertThat(once.isDone()).isTrue();
        AtomicReference<Supplier<Object>> self = new AtomicReference<>();
        self.set(Once.supplier(() -> self.get().get()));
        assertThatIllegalStateException().isThrownBy(() -> self.get().get());
    }

    /// A thread that has run a body through this object is a thread like any other afterwards.
    @Test
    void whoHasThrownMayWait() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Once view = Once.local(memory, 0);
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> view.run(() -> {
                        throw new IllegalArgumentException();
                    }));
            memory.set(INT, 0, 1); // somebody else
            assertThat(view.runUninterruptibly(runs::incrementAndGet, 1, TimeUnit.MILLISECONDS))
                    .isFalse();
        }
    }

    /// An object remembers what it has seen the word say; another one reads the word.
    @Test
    void doneIsForGood() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Once view = Once.local(memory, 0);
            memory.set(INT, 0, 4); // somebody else
            view.run(runs::incrementAndGet);
            memory.set(INT, 0, 0);
            view.run(runs::incrementAndGet);
            assertThat(view.isDone()).isTrue();
            assertThat(Once.local(memory, 0).isDone()).isFalse();
            assertThat(runs).hasValue(0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void othersWaitForTheEnd(boolean virtual) {
        int[] plain = new int[1];
        Waiter first = Waiter.start(virtual, () -> {
            once.run(() -> {
                awaitLatch();
                plain[0] = 1;
            });
            return "";
        });
        Await.until("running", () -> once.toString().equals("Once[running]"));
        List<Waiter> others = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            others.add(Waiter.start(virtual, () -> {
                once.run(runs::incrementAndGet);
                return plain[0];
            }));
        }
        mayEnd.countDown();
        others.forEach(other -> assertThat(other.result()).isEqualTo(1));
        assertThat(first.result()).isEqualTo("");
        assertThat(runs).hasValue(0);
    }

    @Test
    void timedWaitsAreNeverEarly() throws Exception {
        Waiter first = running();
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(once.run(runs::incrementAndGet, micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(once.runUninterruptibly(runs::incrementAndGet, micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        assertThat(once.run(runs::incrementAndGet, 0, TimeUnit.DAYS)).isFalse();
        assertThat(once.runUninterruptibly(runs::incrementAndGet, -1, TimeUnit.DAYS))
                .isFalse();
        mayEnd.countDown();
        assertThat(first.result()).isEqualTo("");
        assertThat(runs).hasValue(0);
    }

    @Test
    void runIsNotInterruptible() {
        Waiter first = running();
        Waiter waiter = Waiter.platform(() -> {
            once.run(runs::incrementAndGet);
            return once.isDone();
        });
        waiter.thread().interrupt();
        mayEnd.countDown();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(waiter.interruptedAfter()).isTrue();
        assertThat(first.result()).isEqualTo("");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptEndsTheOtherForms(boolean timed) {
        Waiter first = running();
        Waiter waiter = Waiter.platform(() -> {
            if (timed) {
                return once.run(runs::incrementAndGet, 1, TimeUnit.DAYS);
            }
            once.runInterruptibly(runs::incrementAndGet);
            return "";
        });
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
        mayEnd.countDown();
        assertThat(first.result()).isEqualTo("");
    }

    @Test
    void pendingInterruptIsThrownEvenIfDone() {
        once.run(runs::incrementAndGet);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> once.runInterruptibly(() -> {}));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> once.run(() -> {}, 0, TimeUnit.SECONDS));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void suppliesOneValue() {
        Supplier<Object> supplier = Once.supplier(Object::new);
        assertThat(supplier).hasToString("Once.supplier[not asked yet]");
        assertThat(supplier.get()).isSameAs(supplier.get());
        assertThat(supplier.toString()).startsWith("Once.supplier[java.lang.Object@");
        Supplier<Object> none = Once.supplier(() -> runs.incrementAndGet() > 0 ? null : "");
        assertThat(none.get()).isNull();
        assertThat(none.get()).isNull();
        assertThat(runs).hasValue(1);
        Supplier<Integer> fails = Once.supplier(() -> 1 / (runs.getAndIncrement() - 1));
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(fails::get);
        assertThat(fails.get()).isEqualTo(1);
        assertThat(fails.get()).isEqualTo(1);
        assertThatNullPointerException().isThrownBy(() -> Once.supplier(null));
    }

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 4);
            Once.local(memory, 8).run(runs::incrementAndGet);
            Once.local(memory, 8).run(runs::incrementAndGet);
            Once.shared(memory, 12).run(runs::incrementAndGet);
            Once.shared(memory, 12).run(runs::incrementAndGet);
            assertThat(runs).hasValue(2);
            assertThat(memory.get(INT, 8)).isEqualTo(4);
            assertThat(memory.get(INT, 12)).isEqualTo(4);
            assertThat(memory.get(INT, 4)).isZero();
        }
        assertThat(Once.LAYOUT_BYTES).isEqualTo(4);
    }

    @Test
    void refusesWhatIsWrong() {
        MemorySegment memory = Arena.global().allocate(8, 8);
        assertThatNullPointerException().isThrownBy(() -> once.run(null));
        assertThatNullPointerException().isThrownBy(() -> once.runInterruptibly(null));
        assertThatNullPointerException().isThrownBy(() -> once.run(() -> {}, 1, null));
        assertThatNullPointerException().isThrownBy(() -> once.runUninterruptibly(null, 1, TimeUnit.DAYS));
        assertThat(once).hasToString("Once[new]");
        assertThatIllegalArgumentException().isThrownBy(() -> Once.local(memory, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Once.shared(memory.asReadOnly(), 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Once.shared(memory, 8));
        assertThatNullPointerException().isThrownBy(() -> Once.local(null, 0));
        Arena arena = Arena.ofShared();
        Once closed = Once.local(arena.allocate(4, 4), 0);
        assertThatIllegalStateException().isThrownBy(() -> closed.run(arena::close));
        assertThatIllegalStateException().isThrownBy(closed::isDone);
        assertThat(closed).hasToString("Once[closed]");
        Once confined = Once.local(Arena.ofConfined().allocate(4, 4), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("Once[of another thread]");
    }

    @Test
    void tellsWhetherAnybodyWaits() {
        assertThat(once.waiters()).isZero();
        Waiter first = running();
        assertThat(once.waiters()).isZero();
        Waiter other = Waiter.platform(() -> once.run(runs::incrementAndGet, 1, TimeUnit.DAYS));
        Await.until("waits", () -> once.waiters() == Futex.UNKNOWN);
        mayEnd.countDown();
        assertThat(other.result()).isEqualTo(true);
        assertThat(first.result()).isEqualTo("");
        assertThat(once.waiters()).isZero();
    }

    /// Many threads, random forms and failures and interrupts: one body ends normally.
    @Test
    void oneBodyEndsNormally() throws Exception {
        for (int round = 0; round < Scale.of(300, 10_000); round++) {
            Once each = new Once();
            AtomicInteger ended = new AtomicInteger();
            PMutexThreads threads = new PMutexThreads();
            for (int t = 0; t < 6; t++) {
                SplittableRandom random = new SplittableRandom(Seed.VALUE + 100L * round + t);
                threads.start(t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform(), () -> {
                    for (boolean served = false; !served; ) {
                        served = runSomehow(each, random, ended, random.nextInt(3) == 0);
                        if (served) {
                            assertThat(ended).hasValue(1);
                        }
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(Seed.VALUE + round);
            while (threads.anyAlive()) {
                threads.all().get(random.nextInt(6)).interrupt();
                LockSupport.parkNanos(random.nextInt(20_000));
            }
            threads.join();
            assertThat(ended).as("round %d", round).hasValue(1);
        }
    }

    private static boolean runSomehow(Once once, SplittableRandom random, AtomicInteger ended, boolean fails) {
        Runnable body = () -> {
            LockSupport.parkNanos(random.nextInt(10_000));
            failIf(fails);
            ended.incrementAndGet();
        };
        try {
            switch (random.nextInt(4)) {
                case 0 -> once.run(body);
                case 1 -> once.runInterruptibly(body);
                case 2 -> {
                    return once.run(body, random.nextInt(20) - 2, TimeUnit.MICROSECONDS);
                }
                default -> {
                    return once.runUninterruptibly(body, random.nextInt(20) - 2, TimeUnit.MICROSECONDS);
                }
            }
            return true;
        } catch (InterruptedException | IllegalArgumentException e) {
            return false;
        }
    }

    private static void failIf(boolean fails) {
        if (fails) {
            throw new IllegalArgumentException("on purpose");
        }
    }

    private Waiter running() {
        Waiter first = Waiter.platform(() -> {
            once.run(this::awaitLatch);
            return "";
        });
        Await.until("running", () -> once.toString().equals("Once[running]"));
        return first;
    }

    private void awaitLatch() {
        try {
            mayEnd.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
