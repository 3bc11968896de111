package io.futex.sync;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No wait at a barrier allocates a byte in a platform thread.
@Timeout(60)
class BarrierAllocationTest {
    @Test
    void passing() throws Exception {
        Barrier barrier = new Barrier(2);
        NoAllocation.of(2, 200, () -> {
            barrier.await();
            barrier.await(1, TimeUnit.DAYS);
            barrier.awaitUninterruptibly();
        });
    }

    @Test
    void passingAsleep() throws Exception {
        Barrier barrier = new Barrier(3);
        NoAllocation.of(3, 100, () -> {
            barrier.await();
            barrier.awaitUninterruptibly(1, TimeUnit.DAYS);
        });
    }
}
