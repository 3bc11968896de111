package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.FutexWord;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import io.futex.sync.PMutex;
import io.futex.sync.WaitGroup;
import io.futex.wasm.InstancePerThread;
import io.futex.wasm.SharedWasmMemory;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

/// A WebAssembly guest that was compiled with the C header, and Java threads, over one mapped file.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GuestMeetsJavaTest {
    private static final int PAGES = 2;

    // Above what the guest uses itself.
    private static final int WORD = 32 * 1024;
    private static final int BACK = WORD + 128;
    private static final int COUNTER = WORD + 256;

    private static final long DONE = 0;
    private static final long TIMED_OUT = 1;
    private static final long REFUSED = 3;

    @TempDir
    private Path directory;

    private MemorySegment memory;
    private Instance guest;

    @BeforeEach
    void map() throws IOException {
        SharedWasmMemory mapped = SharedWasmMemory.map(directory.resolve("memory"), PAGES);
        memory = mapped.segment();
        try (InputStream binary = getClass().getResourceAsStream("/io/futex/wasm/synchronizers.wasm")) {
            guest = InstancePerThread.instance(Parser.parse(binary), mapped);
        }
    }

    private long ask(String function, long... arguments) {
        return guest.export(function).apply(arguments)[0];
    }

    private Waiter begin(String function, long... arguments) {
        return Waiter.platform(() -> {
            guest.export(function).apply(arguments);
            return "done";
        });
    }

    private void count() {
        memory.set(ValueLayout.JAVA_INT, COUNTER, memory.get(ValueLayout.JAVA_INT, COUNTER) + 1);
    }

    private int counter() {
        return memory.get(ValueLayout.JAVA_INT, COUNTER);
    }

    @Test
    void word() throws InterruptedException {
        int rounds = Scale.of(2_000, 1_000_000);
        FutexWord word = FutexWord.shared(memory, WORD);
        Waiter other = begin("ping_pong", WORD, 1, rounds);
        other.awaitAsleep(memory.asSlice(WORD, 4));
        for (int i = 0; i < rounds; i++) {
            word.setRelease(1);
            word.wakeOne();
            word.awaitChange(1);
        }
        assertThat(other.result()).isEqualTo("done");
    }

    @Test
    void mutexExcludes() {
        int times = Scale.of(10_000, 2_000_000);
        PMutex mutex = PMutex.shared(memory, WORD);
        Waiter other = begin("count_under_mutex", WORD, COUNTER, times);
        for (int i = 0; i < times; i++) {
            mutex.lock();
            try {
                count();
            } finally {
                mutex.unlock();
            }
        }
        assertThat(other.result()).isEqualTo("done");
        assertThat(counter()).isEqualTo(2 * times);
        assertThat(memory.get(ValueLayout.JAVA_INT, WORD)).isZero();
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the guest unlocks what Java has not
    void mutexWakesInBothDirections() {
        MemorySegment word = memory.asSlice(WORD, 4);
        PMutex mutex = PMutex.shared(memory, WORD);
        mutex.lock();
        assertThat(ask("try_lock", WORD)).isEqualTo(TIMED_OUT);
        Waiter locking = begin("lock", WORD).awaitAsleep(word);
        mutex.unlock();
        assertThat(locking.result()).isEqualTo("done");
        assertThat(mutex.tryLock()).isFalse();
        Waiter own = Waiter.platform(() -> {
                    mutex.lock();
                    mutex.unlock();
                    return "done";
                })
                .awaitAsleep(word);
        assertThat(ask("unlock", WORD)).isEqualTo(DONE);
        assertThat(own.result()).isEqualTo("done");
        assertThat(ask("unlock", WORD)).isEqualTo(REFUSED);
        assertThat(ask("try_lock", WORD)).isEqualTo(DONE);
    }

    /// The guest sleeps before the first round.
    @Test
    void waitGroup() throws InterruptedException {
        int rounds = Scale.of(1_000, 500_000);
        WaitGroup forth = WaitGroup.shared(memory, WORD);
        WaitGroup back = WaitGroup.shared(memory, BACK);
        forth.add(1);
        Waiter other = begin("play_rounds", WORD, BACK, COUNTER, rounds);
        other.awaitAsleep(memory.asSlice(WORD + 4, 4));
        for (int i = 0; i < rounds; i++) {
            back.add(1);
            count();
            forth.done();
            back.await();
        }
        assertThat(other.result()).isEqualTo("done");
        assertThat(counter()).isEqualTo(2 * rounds);
        assertThat(back).hasToString("WaitGroup[count=0]");
        assertThat(ask("done", BACK)).isEqualTo(REFUSED);
    }
}
