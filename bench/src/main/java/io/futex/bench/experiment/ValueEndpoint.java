package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.os.Downcall;
import io.futex.sync.Doorbell;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/// Both ends look at one value, which is the last message, and sleep until it is another one.
final class ValueEndpoint implements Endpoint {
    /// How to wait for another value.
    ///
    /// May return early.
    interface Sleep {
        void await(int last, BooleanSupplier changed) throws InterruptedException;
    }

    /// Of things in memory: no two share a cache line.
    private static final long APART = 128;

    /// Enough for all of them.
    static final long BYTES = 4 * APART;

    /// Some 12 us on current x86-64: less than waking the other side on another processor takes.
    private static final int LOOKS = 500;

    private final IntSupplier read;
    private final IntConsumer write;
    private final Sleep sleep;
    private final Runnable wake;
    private final BooleanSupplier changed;
    private int last = PONG;

    /// @param wake of the other side, after each message
    ValueEndpoint(IntSupplier read, IntConsumer write, Sleep sleep, Runnable wake) {
        this.read = read;
        this.write = write;
        this.sleep = sleep;
        this.wake = wake;
        this.changed = () -> read.getAsInt() != last;
    }

    @Override
    public void send(int message) {
        last = message;
        write.accept(message);
        wake.run();
    }

    @Override
    public int receive() throws InterruptedException {
        int message;
        while ((message = read.getAsInt()) == last) {
            sleep.await(last, changed);
        }
        return message;
    }

    /// Over a word in memory, on which both sides sleep, or else each of them on a bell of its own.
    ///
    /// @param memory zero at the begin
    /// @param shared whether the other end is another process
    /// @param side 0 or 1
    static Endpoint over(MemorySegment memory, boolean shared, String kind, int side) {
        FutexWord word = word(memory, 0, shared);
        long own = (1 + side) * APART;
        long other = (2 - side) * APART;
        long scope = shared ? 0 : Downcall.PRIVATE;
        return switch (kind) {
            case "futex" -> of(word, (last, unused) -> word.await(last), word::wakeOne);
            case "futex-look" ->
                of(
                        word,
                        (last, changed) -> {
                            if (!looks(changed)) {
                                word.await(last);
                            }
                        },
                        word::wakeOne);
            // What a hand-over costs a JVM at the very least: no library, no policy, no interrupts.
            case "bare" ->
                of(
                        word,
                        (last, unused) -> Downcall.futex(memory.address(), Downcall.FUTEX_WAIT | scope, last),
                        () -> Downcall.futex(memory.address(), Downcall.FUTEX_WAKE | scope, 1));
            // The shortest sleep there is; some 55 us with the usual timer slack.
            case "poll" -> of(word, (last, unused) -> LockSupport.parkNanos(1), () -> {});
            // Takes a whole processor while it waits.
            case "spin" -> of(word, (last, unused) -> Thread.onSpinWait(), () -> {});
            case "doorbell" -> {
                Doorbell bell = doorbell(memory, own, shared);
                yield ringing(word, (unused, changed) -> bell.await(changed), doorbell(memory, other, shared)::ring);
            }
            // By hand: 1 while its owner sleeps or is about to. It always looks first, whether that pays or not.
            case "look-flag" -> {
                FutexWord sleeps = word(memory, own, shared);
                FutexWord partner = word(memory, other, shared);
                yield ringing(word, (unused, changed) -> await(sleeps, changed), () -> ring(partner));
            }
            default -> throw new IllegalArgumentException("no hand-over " + kind);
        };
    }

    private static FutexWord word(MemorySegment memory, long offset, boolean shared) {
        return shared ? FutexWord.shared(memory, offset) : FutexWord.local(memory, offset);
    }

    private static Doorbell doorbell(MemorySegment memory, long offset, boolean shared) {
        return shared ? Doorbell.shared(memory, offset) : Doorbell.local(memory, offset);
    }

    private static Endpoint of(FutexWord word, Sleep sleep, Runnable wake) {
        return new ValueEndpoint(word::get, word::set, sleep, wake);
    }

    /// Who sends wakes only who sleeps, by a fence of its own.
    private static Endpoint ringing(FutexWord word, Sleep sleep, Runnable ring) {
        return new ValueEndpoint(word::getAcquire, word::setRelease, sleep, ring);
    }

    private static boolean looks(BooleanSupplier changed) {
        for (int i = 0; i < LOOKS; i++) {
            if (changed.getAsBoolean()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private static void ring(FutexWord sleeps) {
        VarHandle.fullFence(); // the message before the look at the flag
        if (sleeps.getOpaque() == 1 && sleeps.compareAndSet(1, 0)) {
            sleeps.wakeOne();
        }
    }

    private static void await(FutexWord sleeps, BooleanSupplier changed) throws InterruptedException {
        if (looks(changed)) {
            return;
        }
        do {
            sleeps.set(1); // volatile: before the look at the message
            if (changed.getAsBoolean()) {
                break;
            }
            sleeps.await(1);
        } while (!changed.getAsBoolean());
        if (sleeps.getOpaque() != 0) {
            sleeps.set(0);
        }
    }
}
