package io.futex.macos;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.EnumSet;
import java.util.Set;

/// The calls by JNA in direct mapping. JNA knows nothing of arenas: one that is closed under a sleeping thread is
/// closed indeed, and the engine looks for that when the wait is over.
@SuppressWarnings("MemberName") // JNA finds a function by the name of the method
final class JnaMacosCalls implements MacosCalls {
    private final Set<Function> found = EnumSet.noneOf(Function.class);

    /// @param library the name or path of the library that has the functions
    JnaMacosCalls(String library) {
        NativeLibrary symbols = NativeLibrary.getInstance(library);
        for (Generation generation : Generation.values()) { // of the others it has none
            for (Function function : generation.functions) {
                if (isIn(symbols, function)) {
                    found.add(function);
                }
            }
        }
        // Each generation by itself: JNA refuses a class if one of its functions is missing.
        register(OsSync.class, Generation.OS_SYNC, symbols);
        register(Ulock.class, Generation.ULOCK, symbols);
    }

    /// The functions of libSystem.
    static JnaMacosCalls ofSystem() {
        return new JnaMacosCalls("System");
    }

    private static boolean isIn(NativeLibrary symbols, Function function) {
        try {
            return symbols.getFunction(function.symbol) != null;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }

    private void register(Class<?> natives, Generation generation, NativeLibrary symbols) {
        if (found.containsAll(generation.functions)) {
            Native.register(natives, symbols);
        }
    }

    @Override
    public boolean has(Function function) {
        return found.contains(function);
    }

    @Override
    public int call(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        try {
            return switch (function) {
                case OS_SYNC_WAIT -> OsSync.os_sync_wait_on_address(a, b, c, (int) d);
                case OS_SYNC_WAIT_WITH_TIMEOUT ->
                    OsSync.os_sync_wait_on_address_with_timeout(a, b, c, (int) d, (int) e, f);
                case OS_SYNC_WAKE_ANY -> OsSync.os_sync_wake_by_address_any(a, b, (int) c);
                case OS_SYNC_WAKE_ALL -> OsSync.os_sync_wake_by_address_all(a, b, (int) c);
                case ULOCK_WAIT2 -> Ulock.__ulock_wait2((int) a, b, c, d, e);
                case ULOCK_WAKE -> Ulock.__ulock_wake((int) a, b, c);
                default -> throw new UnsupportedOperationException(function.symbol + " by JNA");
            };
        } finally {
            Reference.reachabilityFence(held); // an automatic arena must not be freed under the call
        }
    }

    @Override
    public int callForErrno(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        int result = call(function, held, a, b, c, d, e, f);
        return result == -1 ? -Native.getLastError() : result; // JNA keeps errno at every call, by thread
    }

    @Override
    public String binding() {
        return "jna";
    }

    /// [Generation#OS_SYNC].
    private static final class OsSync {
        static native int os_sync_wait_on_address(long address, long value, long size, int flags);

        static native int os_sync_wait_on_address_with_timeout(
                long address, long value, long size, int flags, int clock, long nanos);

        static native int os_sync_wake_by_address_any(long address, long size, int flags);

        static native int os_sync_wake_by_address_all(long address, long size, int flags);
    }

    /// [Generation#ULOCK].
    private static final class Ulock {
        static native int __ulock_wait2(int operation, long address, long value, long nanos, long value2);

        static native int __ulock_wake(int operation, long address, long value);
    }
}
