package io.futex.wasm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// Zeroed memory for the most pages that a linear memory may ever have, so that it never moves; freed by the garbage
/// collector.
final class Reservation {
    /// Up to here the JVM may zero everything at once.
    static final long SMALL_BYTES = 16L << 20;

    /// As every word of the contract's tests, and enough for any access.
    private static final long ALIGNMENT = 128;

    /// Not in a class initialiser: an error there, for want of stack, would be for ever.
    private static volatile @Nullable Calloc calloc;

    private Reservation() {}

    /// @param bytes how much
    static MemorySegment of(long bytes) {
        boolean lazily = bytes > SMALL_BYTES && Reservation.class.getModule().isNativeAccessEnabled();
        return lazily ? fresh(bytes) : Arena.ofAuto().allocate(bytes, ALIGNMENT);
    }

    private static MemorySegment fresh(long bytes) {
        Calloc known = calloc;
        if (known == null) {
            known = new Calloc();
            calloc = known; // whoever comes at the same time links its own
        }
        return known.allocate(bytes);
    }

    /// The JVM zeroes what it allocates, by which every page comes into being. The C library takes a large piece fresh
    /// from the system, where it is zero and takes no room until it is touched.
    private static final class Calloc {
        private final MethodHandle calloc;
        private final MethodHandle free;

        Calloc() {
            Linker linker = Linker.nativeLinker();
            calloc = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("calloc"),
                    FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
            free = linker.downcallHandle(
                    linker.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        }

        MemorySegment allocate(long bytes) {
            MemorySegment found = call(bytes + ALIGNMENT);
            if (found.address() == 0) {
                throw new OutOfMemoryError("no room for " + bytes + " bytes of linear memory");
            }
            MemorySegment whole = found.reinterpret(bytes + ALIGNMENT, Arena.ofAuto(), this::free);
            return whole.asSlice(-found.address() & (ALIGNMENT - 1), bytes);
        }

        private MemorySegment call(long bytes) {
            try {
                return (MemorySegment) calloc.invokeExact(1L, bytes);
            } catch (Error e) {
                throw e; // no stack left, say
            } catch (Throwable e) {
                throw new AssertionError("calloc does not throw", e);
            }
        }

        private void free(MemorySegment memory) {
            try {
                free.invokeExact(memory);
            } catch (Throwable e) {
                throw new AssertionError("free does not throw", e);
            }
        }
    }
}
