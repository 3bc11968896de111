package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The stack ends in the middle of a call, wherever: what a thread has got it can still give back, and the next one
/// gets it.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LittleStackTest {
    private static final int STACK_BYTES = 256 << 10;

    /// Frames between the first depth at which a call overflows and the last that is tried.
    private static final int DEPTHS = 60;

    /// One thing that is used, then mended by the thread whose stack has ended, and then used by another.
    ///
    /// @param <T> its type
    private record Use<T>(Supplier<T> make, Consumer<T> use, Consumer<T> mend) {
        void survives(int depth) throws InterruptedException {
            T it = make.get();
            boolean overflowed = !inThread(() -> down(depth, () -> use.accept(it)), () -> mend.accept(it));
            assertThat(inThread(() -> use.accept(it), () -> {}))
                    .as("%s after depth %s, overflowed: %s", it, depth, overflowed)
                    .isTrue();
        }
    }

    static Stream<Named<Use<?>>> uses() {
        return Stream.of(
                Named.of("PMutex", new Use<>(PMutex::new, LittleStackTest::section, mutex -> {
                    if (mutex.isHeldByCurrentThread()) {
                        mutex.unlock();
                    }
                })),
                Named.of("RwMutex, write", new Use<>(RwMutex::new, lock -> section(lock.writeLock()), lock -> {
                    if (lock.isWriteLockedByCurrentThread()) {
                        lock.writeLock().unlock();
                    }
                })),
                Named.of(
                        "RwMutex, downgrade",
                        new Use<>(
                                RwMutex::new,
                                lock -> {
                                    lock.writeLock().lock();
                                    lock.downgrade();
                                    lock.readLock().unlock();
                                },
                                lock -> {
                                    if (lock.isWriteLockedByCurrentThread()) {
                                        lock.downgrade();
                                    }
                                    if (lock.readers() == 1) {
                                        lock.readLock().unlock();
                                    }
                                })),
                Named.of("Once", new Use<>(Once::new, once -> once.run(() -> down(3, () -> {})), once -> {
                    // the next caller runs its own
                })),
                Named.of(
                        "Once.supplier",
                        new Use<>(
                                () -> Once.supplier(Object::new),
                                supplier -> assertThat(supplier.get()).isNotNull(),
                                supplier -> {
                                    // the next caller asks, or finds
                                })),
                Named.of(
                        "Parker",
                        new Use<>(
                                Parker::new,
                                parker -> {
                                    parker.unpark();
                                    parker.park();
                                },
                                parker -> {
                                    // an unpark can be repeated
                                })),
                Named.of(
                        "Doorbell",
                        new Use<>(
                                Doorbell::new,
                                bell -> {
                                    bell.ring();
                                    bell.awaitUninterruptibly(() -> false, 1, TimeUnit.MICROSECONDS);
                                    bell.awaitUninterruptibly(() -> true);
                                },
                                bell -> {
                                    // a ring can be repeated, and a wait
                                })),
                Named.of(
                        "WaitGroup",
                        new Use<>(
                                WaitGroup::new,
                                group -> {
                                    group.add(1);
                                    group.done();
                                    group.awaitUninterruptibly();
                                },
                                group -> {
                                    if (group.count() == 1) {
                                        group.done();
                                    }
                                })));
    }

    @ParameterizedTest
    @MethodSource("uses")
    void isWholeAfterwards(Use<?> use) throws InterruptedException {
        use.survives(0); // what is done for the first time takes more stack
        int limit = limit();
        for (int depth = limit; depth > limit - DEPTHS; depth--) {
            use.survives(depth);
        }
    }

    @SuppressWarnings("LockNotBeforeTry") // whatever is thrown, the test says what happens then
    private static void section(Lock lock) {
        lock.lock();
        lock.unlock();
    }

    private static void down(int depth, Runnable bottom) {
        if (depth > 0) {
            down(depth - 1, bottom);
        } else {
            bottom.run();
        }
    }

    /// The depth at which nothing is left.
    private static int limit() throws InterruptedException {
        int enough = 0;
        int tooMuch = 1 << 16;
        while (tooMuch - enough > 1) {
            int depth = (enough + tooMuch) / 2;
            if (inThread(() -> down(depth, () -> {}), () -> {})) {
                enough = depth;
            } else {
                tooMuch = depth;
            }
        }
        return enough;
    }

    /// Runs one, and the other as well if the stack has ended.
    ///
    /// @return whether it has not, and the thread has come to its end
    private static boolean inThread(Runnable first, Runnable afterOverflow) throws InterruptedException {
        boolean[] ended = new boolean[1];
        Runnable body = () -> {
            try {
                first.run();
                ended[0] = true;
            } catch (StackOverflowError e) {
                afterOverflow.run();
            }
        };
        Thread thread = new Thread(null, body, "little stack", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        return ended[0] && !thread.isAlive();
    }
}
