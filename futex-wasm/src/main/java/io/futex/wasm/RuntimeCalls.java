package io.futex.wasm;

/// The runtime's wait and notify, by the memory's methods or by the instructions that call these.
interface RuntimeCalls {
    /// `memory.atomic.wait32`; see [WasmCode].
    ///
    /// @param nanos negative for ever
    /// @throws run.endive.runtime.WasmInterruptedException if the thread is interrupted; the status is kept set
    int wait32(int offset, int expected, long nanos);

    /// `memory.atomic.notify`.
    ///
    /// @param count unsigned
    int notify(int offset, int count);

    /// How the runtime is called, for people.
    String description();
}
