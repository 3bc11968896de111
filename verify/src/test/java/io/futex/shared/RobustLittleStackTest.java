package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.LittleStack;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The stack ends in the middle of a call, wherever: the thread's next call mends what was left, and its end does.
@SuppressWarnings("LockNotBeforeTry") // what is left held is what is tested
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RobustLittleStackTest {
    private static final int PLENTY = 500;

    /// Frames above the end of the stack that are tried.
    private static final int DEPTHS = 60;

    private enum After {
        ANOTHER_LOCK,
        THE_SAME_LOCK,
        THE_END
    }

    private RobustMutex lock;
    private RobustMutex other;
    private int overflows;

    @Test
    void isWholeAfterwards(@TempDir Path directory) throws IOException, InterruptedException {
        MemorySegment memory = RobustProgram.map(directory.resolve("locks"), Arena.global());
        lock = RobustMutex.over(memory, 0);
        other = RobustMutex.over(memory, RobustMutex.LAYOUT_BYTES);
        survives(PLENTY, After.THE_END); // what is done for the first time takes more stack
        for (int above = 0; above < DEPTHS; above++) {
            for (After after : After.values()) {
                survives(above, after);
            }
        }
        assertThat(overflows).isGreaterThan(DEPTHS / 4);
    }

    private void survives(int above, After after) throws InterruptedException {
        boolean overflowed = !LittleStack.call(above, this::section, () -> mend(after));
        if (overflowed) {
            overflows++;
        }
        Await.until("free, " + above + " frames above the end, " + after, () -> lock.ownerThreadId() == 0);
        assertThat(other.lock()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
        if (lock.lock() == RobustMutex.Outcome.OWNER_DIED) {
            assertThat(after).as("%s frames above the end", above).isEqualTo(After.THE_END);
            lock.markConsistent();
        }
        lock.unlock();
        other.unlock();
    }

    private void section() {
        lock.lock();
        lock.unlock();
    }

    private void mend(After after) {
        if (after == After.THE_END) {
            return;
        }
        RobustMutex next = after == After.THE_SAME_LOCK ? lock : other;
        if (lock.isHeldByCurrentThread()) {
            lock.unlock(); // as after any lock() and unlock() that throw
        } else {
            next.lock();
            next.unlock();
        }
        assertThat(lock.ownerThreadId()).isZero();
    }
}
