package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.LittleStack;
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
    private static final int PLENTY = 500;

    /// Frames above the end of the stack that are tried.
    private static final int DEPTHS = 60;

    /// One thing that is used, then mended by the thread whose stack has ended, and then used by another.
    ///
    /// @param <T> its type
    private record Use<T>(Supplier<T> make, Consumer<T> use, Consumer<T> mend) {
        /// @return whether the stack has ended
        boolean survives(int above) throws InterruptedException {
            T it = make.get();
            boolean overflowed = !LittleStack.call(above, () -> use.accept(it), () -> mend.accept(it));
            assertThat(LittleStack.call(() -> use.accept(it), () -> {}))
                    .as("%s after %s frames above the end, overflowed: %s", it, above, overflowed)
                    .isTrue();
            return overflowed;
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
                Named.of("Once", new Use<>(Once::new, once -> once.run(() -> LittleStack.down(3, () -> {})), once -> {
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
        boolean unused = use.survives(PLENTY); // what is done for the first time takes more stack
        int overflows = 0;
        for (int above = 0; above < DEPTHS; above++) {
            if (use.survives(above)) {
                overflows++;
            }
        }
        assertThat(overflows).isPositive();
    }

    @SuppressWarnings("LockNotBeforeTry") // whatever is thrown, the test says what happens then
    private static void section(Lock lock) {
        lock.lock();
        lock.unlock();
    }
}
