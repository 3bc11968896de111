package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import io.futex.wasm.SharedWasmMemory;
import io.futex.wasm.WasmFutex;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import run.endive.runtime.TrapException;
import run.endive.runtime.WasmInterruptedException;

/// Guests, Java threads and a C program over one mapped file, in several processes.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedGuestsTest {
    private static final int WORD = GuestProgram.WORD;
    private static final int ROUNDS = Scale.of(20_000, 1_000_000);

    @TempDir
    private Path directory;

    private Path file;
    private SharedWasmMemory memory;
    private WasmFutex futex;

    @BeforeEach
    void map() throws IOException {
        file = directory.resolve("memory");
        memory = SharedWasmMemory.map(file, GuestProgram.PAGES);
        futex = WasmFutex.over(memory);
    }

    @Test
    void theFileIsTheMemory() throws IOException {
        assertThat(Files.size(file)).isEqualTo(GuestProgram.BYTES);
        memory.atomicWriteInt(WORD, 0x04030201);
        assertThat(SharedWasmMemory.map(file, GuestProgram.PAGES).readBytes(WORD, 4))
                .containsExactly(1, 2, 3, 4);
        assertThat(SharedWasmMemory.map(file, 1).pages()).isEqualTo(1);
        assertThat(Files.size(file)).isEqualTo(GuestProgram.BYTES);
        assertThat(memory.grow(1)).isEqualTo(-1);
        assertThat(memory.grow(0)).isEqualTo(GuestProgram.PAGES);
    }

    @Test
    void isTheSharedFutexOnTheWordsOfTheFile() throws InterruptedException {
        assertThat(futex.isShared()).isTrue();
        assertThat(futex.backend()).isEqualTo("wasm");
        assertThat(futex.toString()).startsWith("Futex[wasm, shared, ");
        assertThat(Futex.shared().capabilities()).containsAll(futex.capabilities());
        assertThat(futex.capabilities()).contains(Capability.PROCESS_SHARED, Capability.REPORTS_WOKEN_COUNT);
        MemorySegment word = futex.word(WORD);
        assertThat(futex.waitAt(WORD, 1)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex.waitAt(WORD, 0, 1, TimeUnit.MILLISECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        Waiter java = Waiter.platform(() -> futex.waitAt(WORD, 0)).awaitAsleep(word);
        assertThat(Futex.shared().wakeOne(memory.segment(), WORD)).isEqualTo(1);
        assertThat(java.waitResult()).isEqualTo(WaitResult.WOKEN);
        Waiter natively = Waiter.platform(() -> Futex.shared().wait(word, 0)).awaitAsleep(word);
        assertThat(futex.wakeAllAt(WORD)).isEqualTo(1);
        assertThat(natively.waitResult()).isEqualTo(WaitResult.WOKEN);
        Waiter interrupted = Waiter.platform(() -> futex.waitAt(WORD, 0)).awaitAsleep(word);
        interrupted.thread().interrupt();
        assertThat(interrupted.thrown()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aGuestWaitsByTheRulesOnThirtyTwoBitsAlone() {
        assertThat(memory.atomicWait(WORD, 1, -1)).isEqualTo(1);
        long start = System.nanoTime();
        assertThat(memory.atomicWait(WORD, 0, 2_000_000)).isEqualTo(2);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2_000_000);
        assertThat(memory.atomicWait(WORD, 0, 0)).isEqualTo(2);
        assertThatThrownBy(() -> memory.atomicWait(WORD, 0L, 0)).isInstanceOf(TrapException.class);
        assertThat(memory.atomicNotify(WORD, 0)).isZero();
        Waiter guest = Waiter.platform(() -> memory.atomicWait(WORD, 0, -1)).awaitAsleep(futex.word(WORD));
        guest.thread().interrupt();
        assertThat(guest.thrown()).isInstanceOf(WasmInterruptedException.class);
        assertThat(guest.interruptedAfter()).isTrue();
    }

    /// The system may return from a wait for no reason, and the specification of WebAssembly may not.
    @Test
    void aReturnForNoReasonIsHiddenFromAGuest() {
        MemorySegment word = futex.word(WORD);
        Waiter guest = Waiter.platform(() -> memory.atomicWait(WORD, 0, -1)).awaitAsleep(word);
        for (int i = 0; i < 100; i++) { // each one gets it out of the kernel
            Await.until("it sleeps again", () -> Futex.shared().wakeOne(word) == 1);
        }
        guest.awaitAsleep(word);
        memory.atomicWriteInt(WORD, 1);
        assertThat(memory.atomicNotify(WORD, -1)).isLessThanOrEqualTo(1);
        assertThat(guest.result()).isEqualTo(0);

        memory.atomicWriteInt(WORD, 0);
        Waiter timed = Waiter.platform(() -> memory.atomicWait(WORD, 0, 50_000_000));
        while (!timed.isDone()) {
            int ignored = Futex.shared().wakeOne(word);
            Thread.onSpinWait();
        }
        assertThat(timed.result()).as("the time, which goes on").isEqualTo(2);
    }

    @Test
    void aGuestMeetsAGuestOfAnotherProcess() {
        Waiter own = Waiter.platform(() -> {
            GuestProgram.play(memory, 0, ROUNDS);
            return "done";
        });
        ForkedJvm child = ForkedJvm.java(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ClassPath.ofTests(),
                GuestProgram.class.getName(),
                file.toString(),
                "1",
                String.valueOf(ROUNDS));
        assertThat(child.run().output()).isEmpty();
        assertThat(own.result()).isEqualTo("done");
        assertThat(memory.atomicReadInt(WORD)).isZero();
    }

    @Test
    void aGuestMeetsACProgram() throws Exception {
        Path program = CProgram.compiled("pingpong");
        Waiter own = Waiter.platform(() -> {
            GuestProgram.play(memory, 0, ROUNDS);
            return "done";
        });
        assertThat(run(program, ROUNDS)).isZero();
        assertThat(own.result()).isEqualTo("done");
        assertThat(memory.atomicReadInt(WORD)).isZero();
    }

    @Test
    void aJavaThreadMeetsACProgram() throws Exception {
        Path program = CProgram.compiled("pingpong");
        Waiter own = Waiter.platform(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                for (int seen = memory.atomicReadInt(WORD); seen != 0; seen = memory.atomicReadInt(WORD)) {
                    WaitResult unused = futex.waitAt(WORD, seen);
                }
                memory.atomicWriteInt(WORD, 1);
                int woken = futex.wakeOneAt(WORD);
                assertThat(woken).isBetween(0, 1);
            }
            return "done";
        });
        assertThat(run(program, ROUNDS)).isZero();
        assertThat(own.result()).isEqualTo("done");
    }

    private int run(Path program, int rounds) throws Exception {
        Process process = new ProcessBuilder(
                        program.toString(),
                        file.toString(),
                        String.valueOf(GuestProgram.BYTES),
                        String.valueOf(WORD),
                        "1",
                        String.valueOf(rounds))
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
