package io.futex.internal;

import io.futex.WaitResult;
import io.futex.spi.Outcome;

/// From what a native wait says to what the caller is told.
final class Results {
    private Results() {}

    static WaitResult of(Outcome outcome) {
        return switch (outcome) {
            case WOKEN, EARLY -> WaitResult.WOKEN;
            case CHANGED -> WaitResult.CHANGED;
            case TIMED_OUT -> WaitResult.TIMED_OUT;
        };
    }
}
