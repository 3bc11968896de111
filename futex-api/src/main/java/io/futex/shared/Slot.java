package io.futex.shared;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in a region that has a name.
///
/// @param kind what lies there
/// @param name by which it is found
/// @param parameters of the kind
/// @param offset from the region's beginning
/// @param bytes how many it takes
record Slot(SlotKind kind, String name, List<String> parameters, long offset, long bytes) {
    Slot {
        parameters = List.copyOf(parameters);
    }

    String parameter() {
        return parameters.get(0);
    }

    int number() {
        return Integer.parseInt(parameter());
    }

    /// What a fresh one begins with, if that is not zero.
    @Nullable
    ByteBuffer first() {
        return switch (kind) {
            case SEMAPHORE -> buffer(Long.BYTES).putLong(0, number());
            case QUEUE -> SharedQueue.first(this, buffer((int) Ring.TAIL));
            default -> null;
        };
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    /// As layouts say it.
    @Override
    public String toString() {
        String line = offset + " " + kind.title + " " + name;
        return parameters.isEmpty() ? line : line + " " + String.join(" ", parameters);
    }
}
