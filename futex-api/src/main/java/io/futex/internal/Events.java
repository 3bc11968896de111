package io.futex.internal;

import jdk.jfr.FlightRecorder;

/// Whether events may be wanted. Asked before the event classes are touched: the first use of one costs 400 ms, and
/// without the module jdk.jfr it cannot be loaded at all. Asked each time, so that a recording may start late.
final class Events {
    private static final boolean PRESENT =
            ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private Events() {}

    /// Whether some recording has begun in this JVM: 0.3 ms the first time, then less than a nanosecond.
    static boolean areWanted() {
        return PRESENT && FlightRecorder.isInitialized();
    }
}
