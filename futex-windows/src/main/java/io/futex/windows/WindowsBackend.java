package io.futex.windows;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Waits by WaitOnAddress and wakes by WakeByAddressSingle and WakeByAddressAll (synchapi.h; Windows 8).
///
/// They meet within one process alone, and a wake does not tell whether it woke anybody. TRUE is for a wake, for
/// another value and for no reason alike.
final class WindowsBackend implements FutexBackend {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// 24 days: a longer wait is cut here. Far from 0xFFFFFFFF, which means for ever.
    static final int MOST_MILLIS = Integer.MAX_VALUE;

    private final WindowsCalls calls;
    private final LastError errors;

    /// @param calls the C functions
    /// @param errors the error codes that they leave
    WindowsBackend(WindowsCalls calls, LastError errors) {
        this.calls = calls;
        this.errors = errors;
    }

    @Override
    public String name() {
        return "windows";
    }

    /// None by itself: what the engine makes of it is more.
    @Override
    public Set<Capability> capabilities(boolean shared) {
        return Set.of();
    }

    @Override
    public String description() {
        return "binding " + calls.binding() + ", waits by WaitOnAddress of " + calls.library();
    }

    @Override
    public boolean tellsWakeOfOne() {
        return false;
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        return await(base.address() + offset, expected, base, deadline);
    }

    @Override
    public Outcome awaitOwn(MemorySegment own, int expected, MemorySegment held, long deadline) {
        return await(own.address(), expected, held, deadline);
    }

    private Outcome await(long address, int expected, MemorySegment held, long deadline) {
        if (address == 0) {
            throw new IllegalArgumentException("the word lies at NULL"); // Windows would end the process
        }
        if (calls.tryWaitOnAddress(address, expected, millis(deadline, System.nanoTime()), held)) {
            return Outcome.WOKEN;
        }
        // No wake was consumed. Mostly the clock says why, and the last error is dear (see FfmWindowsCalls); if it does
        // not, the call is made once more, for the error: the wait was cut, or its timer was early, or worse.
        long now = System.nanoTime();
        if (deadline != FOREVER && now >= deadline) {
            return Outcome.TIMED_OUT;
        }
        int result = calls.waitOnAddress(address, expected, millis(deadline, now), held);
        if (result == WindowsCalls.TRUE) {
            return Outcome.WOKEN;
        }
        if (result == errors.timeout()) {
            return deadline != FOREVER && System.nanoTime() >= deadline ? Outcome.TIMED_OUT : Outcome.EARLY;
        }
        throw new FutexException("WaitOnAddress at 0x" + Long.toHexString(address) + ", expected " + expected
                + ", size 4: " + errors.describe(result));
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        long address = base.address() + offset;
        if (address != 0) { // ignored by what is known of Windows, but nowhere promised
            if (count == 1) {
                calls.wakeByAddressSingle(address);
            } else {
                calls.wakeByAddressAll(address); // perhaps too many, who take it as spurious: there is no other way
            }
        }
        return Futex.UNKNOWN;
    }

    /// The time from now to the deadline, rounded up: one that is rounded down returns too early, and then spins.
    ///
    /// @return milliseconds as an unsigned DWORD
    static int millis(long deadline, long now) {
        if (deadline == FOREVER) {
            return WindowsCalls.INFINITE;
        }
        long nanos = deadline - now;
        if (nanos <= 0) {
            return 0; // looks at the word once
        }
        return (int) Math.min(MOST_MILLIS, (nanos - 1) / NANOS_PER_MILLI + 1);
    }
}
