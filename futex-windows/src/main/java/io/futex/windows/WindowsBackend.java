package io.futex.windows;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Liveness;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Waits by WaitOnAddress and wakes by WakeByAddressSingle and WakeByAddressAll (synchapi.h; Windows 8).
///
/// They meet within one process alone, and a wake does not tell whether it woke anybody. TRUE is for a wake, for
/// another value and for no reason alike.
final class WindowsBackend implements FutexBackend {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /// No time at all: WaitOnAddress looks at the word and returns.
    private static final int LOOK = 0;

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
        return "binding " + calls.binding() + ", waits by WaitOnAddress of " + WindowsCalls.LIBRARY;
    }

    @Override
    public Liveness liveness() throws BackendUnavailableException {
        return WindowsLiveness.create(calls);
    }

    @Override
    public boolean tellsWakeOfOne() {
        return false;
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        return await(FutexBackend.addressOf(base, offset), expected, base, deadline);
    }

    @Override
    public Outcome awaitOwn(MemorySegment own, int expected, MemorySegment held, long deadline) {
        return await(FutexBackend.addressOf(own, 0), expected, held, deadline);
    }

    private Outcome await(long address, int expected, MemorySegment held, long deadline) {
        int millis = deadline == FOREVER ? WindowsCalls.INFINITE : millis(deadline - System.nanoTime());
        return calls.waitOnAddress(address, expected, millis, held) ? Outcome.WOKEN : Outcome.FAILED;
    }

    @Override
    public Outcome diagnose(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        long address = FutexBackend.addressOf(base, offset);
        int error = calls.waitForError(address, expected, LOOK, base);
        if (error == WindowsCalls.TRUE) {
            return Outcome.WOKEN;
        }
        if (error == errors.timeout()) {
            return Outcome.EARLY; // it would sleep again: the timer was early by a tick, or the time was cut
        }
        throw new FutexException("WaitOnAddress at 0x" + Long.toHexString(address) + ", expected " + expected
                + ", size 4: " + errors.describe(error));
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

    /// A time rounded up: one that is rounded down returns too early, and then spins.
    ///
    /// @param nanos how long
    /// @return milliseconds as an unsigned DWORD
    static int millis(long nanos) {
        return nanos <= 0 ? LOOK : (int) Math.min(MOST_MILLIS, (nanos - 1) / NANOS_PER_MILLI + 1);
    }
}
