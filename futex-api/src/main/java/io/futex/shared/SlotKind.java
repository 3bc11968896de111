package io.futex.shared;

import io.futex.sync.Barrier;
import io.futex.sync.Doorbell;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.PCondition;
import io.futex.sync.PMutex;
import io.futex.sync.Parker;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What can lie in a slot. The names are part of the format.
enum SlotKind {
    WORD("word", Integer.BYTES),
    MUTEX("mutex", PMutex.LAYOUT_BYTES),
    /// Its parameter is the name of its mutex.
    CONDITION("condition", PCondition.LAYOUT_BYTES),
    RW_MUTEX("rwMutex", RwMutex.LAYOUT_BYTES),
    /// Its parameter is how many permits there are at first.
    SEMAPHORE("semaphore", Semaphore.LAYOUT_BYTES),
    WAIT_GROUP("waitGroup", WaitGroup.LAYOUT_BYTES),
    ONCE("once", Once.LAYOUT_BYTES),
    /// Its parameter is [#AUTO_RESET] or [#MANUAL_RESET].
    EVENT("event", Event.LAYOUT_BYTES),
    /// Its parameter is the number of parties.
    BARRIER("barrier", Barrier.LAYOUT_BYTES),
    PARKER("parker", Parker.LAYOUT_BYTES),
    DOORBELL("doorbell", Doorbell.LAYOUT_BYTES),
    ROBUST_MUTEX("robustMutex", RobustMutex.LAYOUT_BYTES),
    ROBUST_ONCE("robustOnce", RobustOnce.LAYOUT_BYTES),
    /// Its parameters are size and alignment.
    BYTES("bytes", 0),
    /// Its parameters are the [SharedQueue.Kind], the capacity and the size of a record.
    QUEUE("queue", 0);

    static final String AUTO_RESET = "autoReset";
    static final String MANUAL_RESET = "manualReset";

    private static final Map<String, SlotKind> KINDS = new HashMap<>();

    static {
        for (SlotKind kind : values()) {
            KINDS.put(kind.title, kind);
        }
    }

    /// In layouts, and the name of the method of [RegionLayout.Builder].
    final String title;

    private final long bytes;

    SlotKind(String title, long bytes) {
        this.title = title;
        this.bytes = bytes;
    }

    static @Nullable SlotKind of(String title) {
        return KINDS.get(title);
    }

    /// How many bytes a slot of these parameters takes.
    long bytes(List<String> parameters) {
        return switch (this) {
            case BYTES -> Long.parseLong(parameters.get(0));
            case QUEUE -> Ring.bytes(Integer.parseInt(parameters.get(1)), Integer.parseInt(parameters.get(2)));
            default -> bytes;
        };
    }

    /// At least a cache line, so that slots do not take each other's.
    long alignment(List<String> parameters) {
        return this == BYTES ? Math.max(RegionLayout.LINE, Long.parseLong(parameters.get(1))) : RegionLayout.LINE;
    }
}
