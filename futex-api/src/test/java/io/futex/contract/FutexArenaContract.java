package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What becomes of waiters when the arena of their word is closed.
public abstract class FutexArenaContract extends FutexInterruptContract {
    /// For the subclass that a backend makes.
    protected FutexArenaContract() {}

    /// Whether a platform thread sleeps in a native call that holds the arena open, as one made by FFM does.
    protected boolean holdsArenaOpen() {
        return !futex().backend().equals("portable") && !futex().backend().equals("polling");
    }

    @Test
    void refusesToCloseTheArenaUnderANativeWait() {
        Assumptions.assumeTrue(takesAnyNativeMemory() && holdsArenaOpen());
        for (WaitForm form : WaitForm.values()) {
            Arena arena = Arena.ofShared();
            MemorySegment record = arena.allocate(256, 128);
            MemorySegment word = record.asSlice(132, 4);
            Waiter waiter = Waiter.platform(() -> form.call(futex(), record, 132, 0, WaitForm.LONG));
            Await.until("asleep", () -> Asleep.soundly(waiter.thread(), word));
            for (int i = 0; i < 10; i++) {
                assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            }
            assertThat(record.scope().isAlive()).isTrue();
            assertThat(waiter.isDone()).isFalse();
            wakeUntilDone(word, waiter);
            assertWoken(waiter);
            arena.close();
            assertThat(record.scope().isAlive()).isFalse();
        }
    }

    @Test
    void aParkedWaiterOfAClosedArenaHearsOfItWhenInterrupted() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        for (boolean virtual : kindsThatDoNotHoldTheArena()) {
            for (int i = 0; i < 5; i++) {
                Waiter waiter = orphan(virtual, System.nanoTime() + WaitForm.LONG);
                if (!polls(virtual)) { // a poll notices by itself
                    waiter.thread().interrupt();
                }
                assertThat(waiter.thrown()).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void aParkedWaiterOfAClosedArenaHearsOfItWhenTimedOut() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        for (boolean virtual : kindsThatDoNotHoldTheArena()) {
            int heard = 0;
            for (int i = 0; i < 1_000 && heard < 3; i++) {
                long deadline = System.nanoTime() + 20_000_000;
                Waiter waiter = orphan(virtual, deadline);
                if (System.nanoTime() < deadline) { // else the time was over before the arena was closed
                    assertThat(waiter.thrown()).isInstanceOf(IllegalStateException.class);
                    heard++;
                }
            }
            assertThat(heard).isEqualTo(3);
        }
    }

    @Test
    void aParkedWaiterOfAClosedArenaHearsOfItWhenWoken() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        for (boolean virtual : kindsThatDoNotHoldTheArena()) {
            for (int i = 0; i < 200; i++) {
                Arena arena = Arena.ofShared();
                MemorySegment word = arena.allocate(128, 128);
                Waiter waiter = Waiter.start(virtual, () -> futex().wait(word, 0));
                if (!polls(virtual)) {
                    waiter.awaitAsleep(word);
                }
                int woken = futex().wakeAll(word);
                assertThat(woken).isLessThanOrEqualTo(1);
                close(arena, virtual); // before the waiter runs, or after it has returned
                Throwable thrown = waiter.thrown();
                if (thrown == null) {
                    assertWoken(waiter);
                } else {
                    assertThat(thrown).isInstanceOf(IllegalStateException.class);
                }
            }
        }
    }

    /// Memory that is closed, freed and used again, while others wait on what is at the same address then.
    @Test
    void aClosedArenaDisturbsNobodyElse() throws Exception {
        Assumptions.assumeTrue(takesAnyNativeMemory() && !isHeldByAPool());
        for (int i = 0; i < 100; i++) {
            Arena arena = Arena.ofShared();
            MemorySegment old = arena.allocate(128, 128);
            Waiter orphan = Waiter.virtual(() -> futex().wait(old, 0));
            if (!polls(true)) {
                orphan.awaitAsleep(old);
            }
            arena.close();
            MemorySegment word = newWord(0);
            Waiter waiter = waiter(false, word);
            wakeUntilDone(word, waiter);
            assertWoken(waiter);
            orphan.thread().interrupt();
            Throwable thrown = orphan.thrown();
            if (!polls(true)) {
                // Woken by a stranger who got its memory, or interrupted: it has no memory any more.
                assertThat(thrown).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    private Waiter orphan(boolean virtual, long deadline) {
        Arena arena = Arena.ofShared();
        MemorySegment word = arena.allocate(128, 128);
        Waiter waiter = Waiter.start(virtual, () -> {
            WaitResult result;
            do {
                result = futex().waitUntil(word, 0, 0, deadline);
            } while (polls(virtual) && result == WaitResult.WOKEN);
            return result;
        });
        if (!polls(virtual)) {
            Await.until("asleep or over", () -> waiter.isDone() || Asleep.on(waiter.thread(), word));
        }
        close(arena, virtual);
        return waiter;
    }

    /// Closes the arena of somebody who does not hold it. A platform thread that polls does so for a moment after all,
    /// where it sleeps between two looks in a native wait made by FFM.
    private void close(Arena arena, boolean virtual) {
        if (virtual || !polls(false)) {
            arena.close();
            return;
        }
        Await.until("closed between two naps", () -> {
            try {
                arena.close();
                return true;
            } catch (IllegalStateException held) {
                return false;
            }
        });
    }

    private boolean[] kindsThatDoNotHoldTheArena() {
        return isHeldByAPool() ? new boolean[0] : holdsArenaOpen() ? new boolean[] {true} : new boolean[] {false, true};
    }

    /// Whether even the arena of a virtual thread is held open, by the platform thread that waits for it.
    private boolean isHeldByAPool() {
        return holdsArenaOpen() && pools();
    }
}
