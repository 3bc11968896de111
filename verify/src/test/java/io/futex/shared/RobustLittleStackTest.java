package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
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
    private static final int STACK_BYTES = 256 << 10;

    /// Frames between the first depth at which a call overflows and the last that is tried.
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
        survives(0, After.THE_END); // what is done for the first time takes more stack
        for (int above = 0; above < DEPTHS; above++) {
            for (After after : After.values()) {
                survives(limit() - above, after); // asked each time: once it is compiled, more frames fit
            }
        }
        assertThat(overflows).isGreaterThan(DEPTHS / 4);
    }

    private void survives(int depth, After after) throws InterruptedException {
        boolean overflowed = !inThread(() -> down(depth, this::section), () -> mend(after));
        if (overflowed) {
            overflows++;
        }
        Await.until("free after depth " + depth + ", " + after, () -> lock.ownerThreadId() == 0);
        assertThat(other.lock()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
        if (lock.lock() == RobustMutex.Outcome.OWNER_DIED) {
            assertThat(after).as("at depth %s", depth).isEqualTo(After.THE_END);
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

    private static void down(int depth, Runnable bottom) {
        if (depth > 0) {
            down(depth - 1, bottom);
        } else {
            bottom.run();
        }
    }

    /// The depth at which nothing is left.
    private static int limit() throws InterruptedException {
        int enough = 0;
        int tooMuch = 1 << 16;
        while (tooMuch - enough > 1) {
            int depth = (enough + tooMuch) / 2;
            if (inThread(() -> down(depth, () -> {}), () -> {})) {
                enough = depth;
            } else {
                tooMuch = depth;
            }
        }
        return enough;
    }

    /// Runs one, and the other as well if the stack has ended.
    ///
    /// @return whether it has not, and the thread has come to its end
    private static boolean inThread(Runnable first, Runnable afterOverflow) throws InterruptedException {
        boolean[] ended = new boolean[1];
        Throwable[] thrown = new Throwable[1];
        Runnable body = () -> {
            try {
                first.run();
                ended[0] = true;
            } catch (StackOverflowError e) {
                afterOverflow.run();
            }
        };
        Thread thread = new Thread(null, body, "little stack", STACK_BYTES);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((unused, e) -> thrown[0] = e);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(thrown[0]).isNull();
        return ended[0] && !thread.isAlive();
    }
}
