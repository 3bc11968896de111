package io.futex.shared;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Waiter;
import io.futex.shared.RobustMutex.Outcome;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One thread holds robust locks and libc's robust mutexes, which all stand in the one list that libc gives the kernel.
@SuppressWarnings("LockNotBeforeTry") // what is left held is what is tested
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RobustAndPthreadTest {
    // pthread.h of glibc and musl
    private static final int PTHREAD_PROCESS_SHARED = 1;
    private static final int PTHREAD_MUTEX_ROBUST = 1;
    private static final int EOWNERDEAD = 130;

    private static final long MUTEXES = 2048;

    private interface Lock {
        /// Whether the owner before has died.
        boolean lock();

        void unlock();
    }

    private record Ours(RobustMutex mutex) implements Lock {
        @Override
        public boolean lock() {
            boolean died = mutex.lock() == Outcome.OWNER_DIED;
            if (died) {
                mutex.markConsistent();
            }
            return died;
        }

        @Override
        public void unlock() {
            mutex.unlock();
        }
    }

    private record Libcs(MemorySegment mutex) implements Lock {
        private static final MethodHandle LOCK = function("pthread_mutex_lock", ADDRESS);
        private static final MethodHandle UNLOCK = function("pthread_mutex_unlock", ADDRESS);
        private static final MethodHandle CONSISTENT = function("pthread_mutex_consistent", ADDRESS);
        private static final MethodHandle INIT = function("pthread_mutex_init", ADDRESS, ADDRESS);
        private static final MethodHandle NEW_ATTRIBUTES = function("pthread_mutexattr_init", ADDRESS);
        private static final MethodHandle SET_SHARED = function("pthread_mutexattr_setpshared", ADDRESS, JAVA_INT);
        private static final MethodHandle SET_ROBUST = function("pthread_mutexattr_setrobust", ADDRESS, JAVA_INT);

        static Libcs at(MemorySegment memory) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment attributes = arena.allocate(64, 8);
                assertThat(call(NEW_ATTRIBUTES, attributes)).isZero();
                assertThat(call(SET_SHARED, attributes, PTHREAD_PROCESS_SHARED)).isZero();
                assertThat(call(SET_ROBUST, attributes, PTHREAD_MUTEX_ROBUST)).isZero();
                assertThat(call(INIT, memory, attributes)).isZero();
            }
            return new Libcs(memory);
        }

        @Override
        public boolean lock() {
            int result = call(LOCK, mutex);
            assertThat(result).isIn(0, EOWNERDEAD);
            if (result == EOWNERDEAD) {
                assertThat(call(CONSISTENT, mutex)).isZero();
            }
            return result == EOWNERDEAD;
        }

        @Override
        public void unlock() {
            assertThat(call(UNLOCK, mutex)).isZero();
        }

        private static MethodHandle function(String name, MemoryLayout... arguments) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, arguments));
        }

        private static int call(MethodHandle function, Object... arguments) {
            try {
                return (int) function.invokeWithArguments(arguments);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    /// In each order of unlocking, and with none, some and all of the locks still held when the thread ends.
    @Test
    void neitherDisturbsTheOther(@TempDir Path directory) throws IOException {
        MemorySegment memory = RobustProgram.map(directory.resolve("locks"), Arena.global());
        for (int ours = 1; ours < 15; ours++) { // a bit each: which of four in a row are ours
            Lock[] locks = new Lock[4];
            for (int i = 0; i < locks.length; i++) {
                locks[i] = (ours & 1 << i) != 0
                        ? new Ours(RobustMutex.over(memory, i * RobustMutex.LAYOUT_BYTES))
                        : Libcs.at(memory.asSlice(MUTEXES + 64L * i, 64));
            }
            for (List<Integer> order : RobustMutexTest.orders(List.of(0, 1, 2, 3))) {
                for (int unlocked = 0; unlocked <= locks.length; unlocked += 2) {
                    check(locks, order, unlocked);
                }
            }
        }
    }

    private static void check(Lock[] locks, List<Integer> order, int unlocked) {
        Waiter.platform(() -> {
                    boolean[] died = new boolean[locks.length];
                    for (int i = 0; i < locks.length; i++) {
                        died[i] = locks[i].lock();
                    }
                    for (int i = 0; i < unlocked; i++) {
                        locks[order.get(i)].unlock();
                    }
                    return died;
                })
                .awaitDone();
        boolean[] died = new boolean[locks.length];
        for (int i = 0; i < locks.length; i++) {
            died[i] = locks[order.get(i)].lock();
            locks[order.get(i)].unlock();
        }
        boolean[] expected = new boolean[locks.length];
        Arrays.fill(expected, unlocked, locks.length, true);
        assertThat(died).as("%s, order %s", Arrays.toString(locks), order).isEqualTo(expected);
    }
}
