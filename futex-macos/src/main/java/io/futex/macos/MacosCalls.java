package io.futex.macos;

import java.lang.foreign.MemorySegment;

/// The C functions of macOS, by whichever binding.
interface MacosCalls {
    /// Whether the system has the function.
    boolean has(Function function);

    /// Calls a function that the system has, with its arguments in order and zeros after the last.
    ///
    /// @param held stays open for the length of the call where the binding can do so
    /// @return what the function returned
    int call(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f);

    /// As [#call], for a function that tells an error by its [Function#failure] and errno. Capturing errno costs, so it
    /// is asked for only where nothing else can tell.
    ///
    /// @return the result, or `-errno`
    int callForErrno(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f);

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();
}
