package io.futex.interop;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.sync.Barrier;
import io.futex.sync.Doorbell;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.PCondition;
import io.futex.sync.PMutex;
import io.futex.sync.Parker;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;

/// A thread of this JVM, which knows each synchronizer by an object of its own.
final class JavaActor extends Actor {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final MemorySegment memory;
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private final Map<Long, Object> objects = new HashMap<>();
    private final Thread thread;

    JavaActor(MemorySegment memory) {
        this.memory = memory;
        // At most 15 characters: see Asleep.
        thread = Thread.ofPlatform()
                .name("actor" + NUMBERS.incrementAndGet())
                .daemon()
                .start(this::act);
    }

    @Override
    void begin(String call) {
        calls.add(call);
    }

    @Override
    void awaitAsleep(long offset) {
        MemorySegment word = memory.asSlice(offset, Integer.BYTES);
        // Between two calls it waits too, parked; on a shared word it waits in the system.
        Await.until("asleep", () -> thread.getState() == Thread.State.RUNNABLE && Asleep.on(thread, word));
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void act() {
        try {
            while (true) {
                String call = calls.take();
                answered(outcome(call));
            }
        } catch (InterruptedException e) {
            answered("ended");
        }
    }

    private String outcome(String call) throws InterruptedException {
        try {
            return String.valueOf(play(call));
        } catch (BrokenBarrierException e) {
            return "BROKEN";
        } catch (TimeoutException e) {
            return "TIMED_OUT";
        } catch (IllegalMonitorStateException e) {
            return "REFUSED";
        } catch (IllegalStateException | IllegalArgumentException e) {
            return "REFUSED";
        } catch (RuntimeException | Error e) {
            return String.valueOf(e.getMessage()).startsWith("Maximum permit count") ? "REFUSED" : e.toString();
        }
    }

    /// What is said of calls that return nothing.
    private static String done() {
        return "DONE";
    }

    private static String done(boolean inTime) {
        return inTime ? "DONE" : "TIMED_OUT";
    }

    private static int number(boolean value) {
        return value ? 1 : 0;
    }

    private Object play(String call) throws InterruptedException, BrokenBarrierException, TimeoutException {
        String[] parts = call.split(" ", -1);
        long at = parts.length > 1 ? Long.parseLong(parts[1]) : 0;
        int n = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
        long millis = parts.length > 3 ? Long.parseLong(parts[3]) : -1;
        int split = parts[0].startsWith("rw_") || parts[0].startsWith("wait_")
                ? parts[0].indexOf('_', parts[0].indexOf('_') + 1)
                : parts[0].indexOf('_');
        String operation = parts[0].substring(split + 1);
        return switch (parts[0].substring(0, split)) {
            case "word" -> word(operation, at, n, forever(millis));
            case "pmutex" -> mutex(operation, mutex(at), millis);
            case "pcondition" -> condition(operation, condition(at, n), millis);
            case "rw_mutex" -> rwMutex(operation, at, millis);
            case "semaphore" -> semaphore(operation, at, n, millis);
            case "wait_group" -> waitGroup(operation, at, n, millis);
            case "once" -> once(operation, at, millis);
            case "event" -> event(operation, at, n, millis);
            case "barrier" -> barrier(operation, at, n, millis);
            case "parker" -> parker(operation, at, millis);
            case "doorbell" -> doorbell(operation, at, n, forever(millis));
            default -> throw new AssertionError(call);
        };
    }

    private static long forever(long millis) {
        return millis < 0 ? TimeUnit.DAYS.toMillis(1) : millis;
    }

    private Object word(String operation, long at, int n, long millis) throws InterruptedException {
        FutexWord word = FutexWord.shared(memory, at);
        return switch (operation) {
            case "get" -> word.get();
            case "set" -> {
                word.set(n);
                yield done();
            }
            case "exchange" -> word.getAndSet(n);
            case "add" -> word.getAndAdd(n);
            case "compare_exchange" -> number(word.compareAndSet(0, n));
            case "wait" ->
                switch (word.await(n, millis, TimeUnit.MILLISECONDS)) {
                    case WOKEN -> "DONE";
                    case CHANGED -> "CHANGED";
                    case TIMED_OUT -> "TIMED_OUT";
                };
            case "await_change" -> done(word.awaitChange(n, millis, TimeUnit.MILLISECONDS));
            case "wake_all" -> word.wakeAll();
            case "wake" -> Futex.shared().wake(memory, at, n);
            default -> throw new AssertionError(operation);
        };
    }

    @SuppressWarnings("unchecked") // each place holds objects of one type
    private <T> T object(long at, java.util.function.LongFunction<T> opened) {
        return (T) objects.computeIfAbsent(at, opened::apply);
    }

    private PMutex mutex(long at) {
        return object(at, place -> PMutex.shared(memory, place));
    }

    private Object mutex(String operation, PMutex mutex, long millis) throws InterruptedException {
        return switch (operation) {
            case "lock" -> lock(mutex, millis);
            case "try_lock" -> number(mutex.tryLock());
            case "unlock" -> unlock(mutex);
            case "is_locked" -> number(mutex.isLocked());
            case "waiters" -> mutex.waiters();
            default -> throw new AssertionError(operation);
        };
    }

    @SuppressWarnings("LockNotBeforeTry") // another call unlocks
    private static String lock(Lock lock, long millis) throws InterruptedException {
        if (millis < 0) {
            lock.lock();
            return done();
        }
        return done(lock.tryLock(millis, TimeUnit.MILLISECONDS));
    }

    private static String unlock(Lock lock) {
        lock.unlock();
        return done();
    }

    private PCondition condition(long at, int mutex) {
        PMutex its = mutex(mutex);
        return object(at, place -> PCondition.shared(memory, place, its));
    }

    @SuppressWarnings("WaitNotInLoop") // a play says how often it waits
    private static Object condition(String operation, PCondition condition, long millis) throws InterruptedException {
        switch (operation) {
            case "wait" -> {
                return done(condition.await(forever(millis), TimeUnit.MILLISECONDS));
            }
            case "signal" -> condition.signal();
            case "signal_all" -> condition.signalAll();
            case "waiters" -> {
                return condition.waiters();
            }
            default -> throw new AssertionError(operation);
        }
        return done();
    }

    private Object rwMutex(String operation, long at, long millis) throws InterruptedException {
        RwMutex mutex = object(at, place -> RwMutex.shared(memory, place));
        return switch (operation) {
            case "read_lock" -> lock(mutex.readLock(), millis);
            case "write_lock" -> lock(mutex.writeLock(), millis);
            case "try_read_lock" -> number(mutex.readLock().tryLock());
            case "try_write_lock" -> number(mutex.writeLock().tryLock());
            case "read_unlock" -> unlock(mutex.readLock());
            case "write_unlock" -> unlock(mutex.writeLock());
            case "downgrade" -> {
                mutex.downgrade();
                yield done();
            }
            default -> throw new AssertionError(operation);
        };
    }

    private Object semaphore(String operation, long at, int n, long millis) throws InterruptedException {
        Semaphore semaphore = object(at, place -> Semaphore.shared(memory, place));
        return switch (operation) {
            case "acquire" -> done(semaphore.tryAcquire(n, forever(millis), TimeUnit.MILLISECONDS));
            case "try_acquire" -> number(semaphore.tryAcquire(n));
            case "release" -> {
                semaphore.release(n);
                yield done();
            }
            case "reduce" -> semaphore.reducePermits(n);
            case "permits" -> semaphore.availablePermits();
            case "waiters" -> semaphore.waiters();
            default -> throw new AssertionError(operation);
        };
    }

    private Object waitGroup(String operation, long at, int n, long millis) throws InterruptedException {
        WaitGroup group = object(at, place -> WaitGroup.shared(memory, place));
        switch (operation) {
            case "add" -> group.add(n);
            case "done" -> group.done();
            case "wait" -> {
                return done(group.await(forever(millis), TimeUnit.MILLISECONDS));
            }
            case "count" -> {
                return group.count();
            }
            default -> throw new AssertionError(operation);
        }
        return done();
    }

    /// In Java there is no way to begin and to end it by two calls.
    private Object once(String operation, long at, long millis) throws InterruptedException {
        Once once = object(at, place -> Once.shared(memory, place));
        boolean[] here = new boolean[1];
        return switch (operation) {
            case "run" -> {
                boolean done = once.run(() -> here[0] = true, forever(millis), TimeUnit.MILLISECONDS);
                yield done(done) + (here[0] ? " here" : "");
            }
            case "fail" -> {
                try {
                    boolean done = once.run(
                            () -> {
                                throw new UnsupportedOperationException("on purpose");
                            },
                            forever(millis),
                            TimeUnit.MILLISECONDS);
                    yield done(done);
                } catch (UnsupportedOperationException e) {
                    yield "RUN here";
                }
            }
            case "is_done" -> number(once.isDone());
            default -> throw new AssertionError(operation);
        };
    }

    private Object event(String operation, long at, int n, long millis) throws InterruptedException {
        if (operation.equals("open")) {
            objects.put(at, Event.shared(memory, at, n != 0));
            return done();
        }
        Event event = object(at, place -> Event.shared(memory, place, mode(place) == 2));
        switch (operation) {
            case "set" -> event.set();
            case "reset" -> event.reset();
            case "is_set" -> {
                return number(event.isSet());
            }
            case "wait" -> {
                return done(event.await(forever(millis), TimeUnit.MILLISECONDS));
            }
            default -> throw new AssertionError(operation);
        }
        return done();
    }

    private long mode(long at) {
        return memory.get(ValueLayout.JAVA_LONG, at) >>> 62;
    }

    private Object barrier(String operation, long at, int n, long millis)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        if (operation.equals("open")) {
            objects.put(at, Barrier.shared(memory, at, n));
            return done();
        }
        Barrier barrier = object(at, place -> Barrier.shared(memory, place, memory.get(ValueLayout.JAVA_INT, place)));
        return switch (operation) {
            case "wait" -> barrier.await(forever(millis), TimeUnit.MILLISECONDS);
            case "reset" -> {
                barrier.reset();
                yield done();
            }
            case "is_broken" -> number(barrier.isBroken());
            case "waiters" -> barrier.waiters();
            default -> throw new AssertionError(operation);
        };
    }

    private Object parker(String operation, long at, long millis) {
        Parker parker = object(at, place -> Parker.shared(memory, place));
        return switch (operation) {
            case "park" -> done(parker.park(forever(millis), TimeUnit.MILLISECONDS));
            case "unpark" -> {
                parker.unpark();
                yield done();
            }
            default -> throw new AssertionError(operation);
        };
    }

    private Object doorbell(String operation, long at, int n, long millis) throws InterruptedException {
        Doorbell bell = object(at, place -> Doorbell.shared(memory, place));
        FutexWord answer = FutexWord.shared(memory, at + Doorbell.LAYOUT_BYTES);
        switch (operation) {
            case "ring" -> bell.ring();
            case "announce" -> bell.announce();
            case "withdraw" -> bell.withdraw();
            case "wait" -> {
                return done(bell.await(() -> answer.get() == n, millis, TimeUnit.MILLISECONDS));
            }
            case "wait_ring" -> {
                return done(bell.awaitRing(millis, TimeUnit.MILLISECONDS));
            }
            default -> throw new AssertionError(operation);
        }
        return done();
    }
}
