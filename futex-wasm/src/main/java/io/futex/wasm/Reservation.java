package io.futex.wasm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Zeroed memory for the most pages that a linear memory may ever have, so that it never moves; freed by the garbage
/// collector.
final class Reservation {
    /// Up to here the JVM may zero everything at once.
    static final long SMALL_BYTES = 16L << 20;

    /// As every word of the contract's tests, and enough for any access.
    private static final long ALIGNMENT = 128;

    private Reservation() {}

    /// @param bytes how much
    static MemorySegment of(long bytes) {
        boolean lazily = bytes > SMALL_BYTES && Reservation.class.getModule().isNativeAccessEnabled();
        return lazily ? Calloc.allocate(bytes) : Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }

    /// The JVM zeroes what it allocates, by which every page comes into being. The C library takes a large piece fresh
    /// from the system, where it is zero and takes no room until it is touched.
    private static final class Calloc {
        private static final Linker LINKER = Linker.nativeLinker();
        private static final MethodHandle CALLOC = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("calloc"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
        private static final MethodHandle FREE = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

        static MemorySegment allocate(long bytes) {
            MemorySegment found = call(bytes + ALIGNMENT);
            if (found.address() == 0) {
                throw new OutOfMemoryError("no room for " + bytes + " bytes of linear memory");
            }
            MemorySegment whole = found.reinterpret(bytes + ALIGNMENT, Arena.ofAuto(), Calloc::free);
            return whole.asSlice(-found.address() & (ALIGNMENT - 1), bytes);
        }

        private static MemorySegment call(long bytes) {
            try {
                return (MemorySegment) CALLOC.invokeExact(1L, bytes);
            } catch (Throwable e) {
                throw new AssertionError("calloc does not throw", e);
            }
        }

        private static void free(MemorySegment memory) {
            try {
                FREE.invokeExact(memory);
            } catch (Throwable e) {
                throw new AssertionError("free does not throw", e);
            }
        }
    }
}
