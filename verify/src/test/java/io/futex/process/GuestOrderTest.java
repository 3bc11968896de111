package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.wasm.SharedWasmMemory;
import io.futex.wasm.WasmFutex;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A guest's numbers are little-endian on every machine, while the queues compare words in the machine's own order. It
/// matters on a big-endian one: `.ci/foreign` runs this on s390x.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestOrderTest {
    private static final int WORD = GuestProgram.WORD;
    private static final int VALUE = 0x01020304;
    private static final long LONG = 0xf1f2f3f4_05060708L;
    private static final int ROUNDS = 2_000;

    @TempDir
    private Path directory;

    @Test
    void everyAccessIsLittleEndian() {
        SharedWasmMemory memory = SharedWasmMemory.create(1, 1);
        memory.writeI32(0, VALUE);
        memory.atomicWriteInt(4, VALUE);
        memory.writeLong(8, LONG);
        memory.atomicWriteLong(16, LONG);
        assertThat(memory.readBytes(0, 8)).containsExactly(4, 3, 2, 1, 4, 3, 2, 1);
        assertThat(memory.readBytes(8, 8)).isEqualTo(memory.readBytes(16, 8)).startsWith(8, 7, 6, 5, 0xf4);
        assertThat(memory.segment().get(ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN), 4))
                .isEqualTo(VALUE);
        assertThat(memory.atomicReadShort(4)).isEqualTo((short) 0x0304);
        assertThat(memory.atomicAddInt(4, 0xff)).isEqualTo(VALUE); // carries from the first byte to the second
        assertThat(memory.atomicReadInt(4)).isEqualTo(0x01020403);
        assertThat(memory.atomicAddLong(16, 1)).isEqualTo(LONG);
        assertThat(memory.atomicReadLong(16)).isEqualTo(LONG + 1);
        assertThat(memory.atomicCmpxchgInt(4, 0x01020403, VALUE)).isEqualTo(0x01020403);
        assertThat(memory.atomicAddByte(4, (byte) 1)).isEqualTo((byte) 4);
        assertThat(memory.atomicXchgShort(6, (short) 0x0a0b)).isEqualTo((short) 0x0102);
        assertThat(memory.atomicCmpxchgByte(7, (byte) 0x0a, (byte) 0x0c)).isEqualTo((byte) 0x0a);
        assertThat(memory.readInt(4)).isEqualTo(0x0c0b0305);
    }

    @Test
    void waitsCompareWhatGuestsSee() throws InterruptedException {
        SharedWasmMemory memory = SharedWasmMemory.create(1, 1);
        waitsCompareWhatGuestsSee(memory);
        memory.writeLong(WORD + 8, LONG);
        assertThat(memory.atomicWait(WORD + 8, LONG, 0)).isEqualTo(2);
        assertThat(memory.atomicWait(WORD + 8, Long.reverseBytes(LONG), 0)).isEqualTo(1);
        Waiter wide = Waiter.platform(() -> memory.atomicWait(WORD + 8, LONG, -1));
        Await.until("it is woken", () -> memory.atomicNotify(WORD + 8, 1) == 1);
        assertThat(wide.result()).isEqualTo(0);
    }

    @Test
    void waitsOnAFileCompareWhatGuestsSee() throws Exception {
        waitsCompareWhatGuestsSee(SharedWasmMemory.map(directory.resolve("memory"), 1));
    }

    private static void waitsCompareWhatGuestsSee(SharedWasmMemory memory) throws InterruptedException {
        WasmFutex futex = WasmFutex.over(memory);
        memory.writeI32(WORD, VALUE);
        assertThat(memory.atomicWait(WORD, VALUE, 0)).isEqualTo(2);
        assertThat(memory.atomicWait(WORD, Integer.reverseBytes(VALUE), 0)).isEqualTo(1);
        assertThat(futex.waitAt(WORD, VALUE, 0, TimeUnit.SECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(futex.waitAt(WORD, Integer.reverseBytes(VALUE))).isEqualTo(WaitResult.CHANGED);
        // By a segment Java names the value as it reads it there.
        MemorySegment word = futex.word(WORD);
        int read = word.get(ValueLayout.JAVA_INT, 0);
        assertThat(futex.wait(word, read, 0, TimeUnit.SECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(futex.wait(word, Integer.reverseBytes(read))).isEqualTo(WaitResult.CHANGED);
        Waiter byOffset = Waiter.platform(() -> futex.waitAt(WORD, VALUE));
        Waiter bySegment = Waiter.platform(() -> futex.wait(word, read));
        int[] woken = new int[1];
        Await.until("both are woken", () -> (woken[0] += futex.wakeOneAt(WORD)) == 2);
        assertThat(byOffset.waitResult()).isEqualTo(WaitResult.WOKEN);
        assertThat(bySegment.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    @Test
    void aGuestMeetsAJavaThread() {
        SharedWasmMemory memory = SharedWasmMemory.create(GuestProgram.PAGES, GuestProgram.PAGES);
        WasmFutex futex = WasmFutex.over(memory);
        Waiter guest = Waiter.platform(() -> {
            GuestProgram.play(memory, 0, ROUNDS);
            return "done";
        });
        Waiter java = Waiter.platform(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                for (int seen = memory.atomicReadInt(WORD); seen != 1; seen = memory.atomicReadInt(WORD)) {
                    WaitResult unused = futex.waitAt(WORD, seen);
                }
                memory.atomicWriteInt(WORD, 0);
                assertThat(futex.wakeOneAt(WORD)).isBetween(0, 1);
            }
            return "done";
        });
        assertThat(guest.result()).isEqualTo("done");
        assertThat(java.result()).isEqualTo("done");
    }
}
