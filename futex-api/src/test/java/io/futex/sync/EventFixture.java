package io.futex.sync;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// What the tests of events have in common: events of either kind, and threads that wait for them.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class EventFixture {
    /// Where the low half of a long lies.
    static final long LOW = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 4;

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    static Event event(boolean auto) {
        return auto ? Event.autoReset() : Event.manualReset();
    }

    static List<Waiter> start(Event event, int count, boolean virtual) {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiters.add(Waiter.start(virtual, () -> {
                event.await();
                return "through";
            }));
        }
        return waiters;
    }

    /// As many as that; a manual-reset event tells only whether anybody waits.
    static void awaitWaiters(Event event, int count) {
        Await.until("waiting: " + count, () -> {
            String state = event.toString();
            return state.contains("waiters]") || state.contains("waiters=" + count + "]");
        });
    }
}
