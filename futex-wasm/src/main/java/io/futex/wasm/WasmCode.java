package io.futex.wasm;

import io.futex.WaitResult;

/// What `memory.atomic.wait32` and `wait64` return, by the threads proposal.
final class WasmCode {
    /// Woken by a notify.
    static final int OK = 0;
    /// The word did not hold the expected value.
    static final int NOT_EQUAL = 1;
    /// The time is over.
    static final int TIMED_OUT = 2;

    private WasmCode() {}

    static int of(WaitResult result) {
        return switch (result) {
            case WOKEN -> OK;
            case CHANGED -> NOT_EQUAL;
            case TIMED_OUT -> TIMED_OUT;
        };
    }
}
