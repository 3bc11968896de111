package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.contract.Waiter;
import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.Semaphore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A word in a mapped file that is truncated: nothing crashes, and nothing is spoilt for other words.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TruncatedFileTest {
    private static final int PAGE = 4096;

    private final Arena arena = Arena.ofShared();
    private final Futex futex = Futex.shared();

    @TempDir
    private Path folder;

    private FileChannel file;
    private MemorySegment word;

    @BeforeEach
    void map() throws IOException {
        Assumptions.assumeTrue(futex.backend().equals("linux"), "SKIPPED: said of Linux only");
        file = FileChannel.open(
                folder.resolve("words"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        file.write(ByteBuffer.allocate(PAGE));
        word = file.map(FileChannel.MapMode.READ_WRITE, 0, PAGE, arena);
    }

    @AfterEach
    void close() throws IOException {
        arena.close();
        if (file != null) {
            file.close();
        }
    }

    @Test
    void aWaitThrowsInternalErrorAndAWakeFindsNobody() throws Exception {
        PMutex mutex = PMutex.shared(word, 4);
        Semaphore semaphore = Semaphore.shared(word, 8);
        Event event = Event.shared(word, 24, true);
        file.truncate(0);
        assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(InternalError.class);
        assertThatThrownBy(() -> futex.waitUninterruptibly(word, 0)).isInstanceOf(InternalError.class);
        assertThatThrownBy(mutex::lock).isInstanceOf(InternalError.class);
        assertThatThrownBy(mutex::lockInterruptibly).isInstanceOf(InternalError.class);
        assertThatThrownBy(semaphore::acquire).isInstanceOf(InternalError.class);
        assertThatThrownBy(semaphore::release).isInstanceOf(InternalError.class);
        assertThatThrownBy(event::set).isInstanceOf(InternalError.class);
        assertThatThrownBy(event::await).isInstanceOf(InternalError.class);
        assertThat(futex.wakeAll(word)).isZero();
    }

    @Test
    void aSleeperIsFoundByNobodyUntilItsTimeIsOver() throws Exception {
        Waiter waiter = Waiter.platform(() -> {
                    for (; ; ) { // it may take long until it is seen asleep
                        try {
                            futex.wait(word, 0, 100, TimeUnit.MILLISECONDS);
                        } catch (InterruptedException e) {
                            // The one of below, if it came between two waits.
                        }
                    }
                })
                .awaitAsleep(word);
        file.truncate(0);
        assertThat(futex.wakeAll(word)).isZero();
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InternalError.class);
    }
}
