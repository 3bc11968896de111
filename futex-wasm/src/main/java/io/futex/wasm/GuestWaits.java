package io.futex.wasm;

import io.futex.WaitResult;
import io.futex.internal.Deadline;
import java.util.concurrent.TimeUnit;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;

/// The instructions `memory.atomic.wait32`, `wait64` and `notify`, of addresses that were checked.
final class GuestWaits {
    private final Memory memory;
    private final WordQueue queue;

    GuestWaits(Memory memory, WordQueue queue) {
        this.memory = memory;
        this.queue = queue;
    }

    WordQueue queue() {
        return queue;
    }

    /// `wait32` and `wait64`.
    ///
    /// @param expected of a word of 32 bits, with its sign extended
    /// @param wide whether the word has 64 bits
    /// @param timeout in nanoseconds; negative for ever
    /// @return see [WasmCode]
    int await(int address, long expected, boolean wide, long timeout) {
        long deadline = timeout < 0 ? Deadline.FOREVER : Deadline.after(timeout, TimeUnit.NANOSECONDS);
        try {
            for (; ; ) {
                WaitResult result = queue.await(address, expected, wide, deadline, true);
                if (result != WaitResult.WOKEN || queue.isExact() || memory.atomicReadInt(address) != (int) expected) {
                    return WasmCode.of(result);
                }
                // Woken for no reason, or without a trace of one: again, until the word or the clock says otherwise.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as the runtime's own memories: the host is to see it too
            throw new WasmInterruptedException("interrupted in memory.atomic.wait", e);
        }
    }

    /// `notify`.
    ///
    /// @param count unsigned: -1 is all
    /// @return how many were woken; 0 where the system does not tell
    int wake(int address, int count) {
        if (count == 0) {
            return 0;
        }
        return Math.max(0, queue.wake(address, count < 0 ? Integer.MAX_VALUE : count));
    }
}
