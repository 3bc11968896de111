package io.futex.shared;

import io.futex.sync.NoAllocation;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueAllocationTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void aRecordThereAndBack(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = SharedQueue.create(folder.resolve("queue"), kind, 8, Long.BYTES)) {
            NoAllocation.of(kind == SharedQueue.Kind.SPSC ? 1 : 2, 10_000, () -> {
                long claim = queue.claim();
                queue.record(claim).set(ValueLayout.JAVA_LONG, 0, claim);
                queue.commit(claim);
                long taken = queue.take();
                queue.release(taken);
                queue.abandon(queue.claim());
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSleepOnNothing(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = SharedQueue.create(folder.resolve("queue"), kind, 8, Long.BYTES)) {
            NoAllocation.of(kind == SharedQueue.Kind.SPSC ? 1 : 2, 500, () -> {
                long unused = queue.tryTake(50, TimeUnit.MICROSECONDS);
            });
        }
    }
}
