package io.futex.wasm;

import java.nio.ByteOrder;

/// WebAssembly's memory is little-endian on every machine, and the queues of this machine compare its own order.
final class WasmOrder {
    private static final boolean SWAPPED = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

    private WasmOrder() {}

    /// A guest's value as this machine reads it from the memory, and the other way round.
    static int swap(int value) {
        return SWAPPED ? Integer.reverseBytes(value) : value;
    }

    /// As [#swap(int)].
    static long swap(long value) {
        return SWAPPED ? Long.reverseBytes(value) : value;
    }
}
