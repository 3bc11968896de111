package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the kernel sees of a wait, and that it is the futex that every other language means.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KernelTest {
    private static final int ENDLESS = 0;
    private final MemorySegment word = Arena.ofAuto().allocate(128, 128).asSlice(0, 4);

    /// The arguments as the kernel has them while the thread sleeps: number, address, value, mask, flags.
    @ParameterizedTest
    @CsvSource({"false, 0", "false, -1", "false, -2147483648", "true, 0", "true, -559038737"})
    void aWaiterSleepsInTheKernel(boolean shared, int value) throws IOException {
        Futex futex = futex(shared);
        word.set(ValueLayout.JAVA_INT, 0, value);
        Waiter waiter = Waiter.platform(() -> futex.wait(word, value)).awaitAsleep(word);
        Path task = Asleep.kernelThread(waiter.thread());
        String[] call = Files.readString(task.resolve("syscall")).split(" ", -1);
        assertThat(Files.readString(task.resolve("stat"))).contains(") S ");
        assertThat(call[1]).isEqualTo("0x" + Long.toHexString(word.address()));
        String unsigned = "0x" + Integer.toHexString(value);
        if (Kernel.hasFutexWait()) {
            assertThat(call[0]).isEqualTo("455");
            assertThat(call[2]).isEqualTo(unsigned);
            assertThat(Long.bitCount(Long.decode(call[3]))).isEqualTo(1);
            assertThat(call[4]).isEqualTo(shared ? "0x2" : "0x82");
        } else {
            assertThat(call[0])
                    .isEqualTo(String.valueOf(
                            SystemCalls.of(System.getProperty("os.arch")).futex()));
            assertThat(call[2]).isEqualTo(shared ? "0x9" : "0x89");
            assertThat(call[3]).isEqualTo(unsigned);
        }
        assertThat(futex.wakeOne(word)).isEqualTo(1);
        assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCProgramsWakeFindsTheWaiter(boolean shared) {
        Futex futex = futex(shared);
        for (int i = 0; i < 100; i++) {
            Waiter waiter = Waiter.platform(() -> futex.wait(word, 0)).awaitAsleep(word);
            assertThat(Kernel.wake(word, !shared, Integer.MAX_VALUE))
                    .as("the other scope")
                    .isZero();
            assertThat(Kernel.wake(word, shared, 1)).isEqualTo(1);
            assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aWakeFindsACProgramsWaiter(int count) {
        int futexWait = 0; // FUTEX_WAIT, without FUTEX_PRIVATE_FLAG
        int number = SystemCalls.of(System.getProperty("os.arch")).futex();
        Waiter[] waiters = new Waiter[count];
        for (int i = 0; i < count; i++) {
            waiters[i] = Waiter.platform(() -> Kernel.syscall(number, word, futexWait, 0, ENDLESS, 0, 0));
        }
        for (Waiter waiter : waiters) {
            waiter.awaitAsleep(word);
        }
        assertThat(futex(true).wake(word, count)).isEqualTo(count);
        for (Waiter waiter : waiters) {
            assertThat((long) waiter.result()).isZero();
        }
    }

    @Test
    void theScopesAreTwoQueues() {
        Waiter local = Waiter.platform(() -> futex(false).wait(word, 0)).awaitAsleep(word);
        Waiter shared = Waiter.platform(() -> futex(true).wait(word, 0)).awaitAsleep(word);
        assertThat(futex(true).wakeAll(word)).isEqualTo(1);
        assertThat(shared.waitResult()).isEqualTo(WaitResult.WOKEN);
        local.awaitAsleep(word);
        assertThat(futex(false).wakeAll(word)).isEqualTo(1);
        assertThat(local.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    private static Futex futex(boolean shared) {
        for (Futex futex : Futex.available()) {
            if (futex.backend().equals("linux") && futex.isShared() == shared) {
                return futex;
            }
        }
        throw new AssertionError(Futex.unavailable());
    }
}
