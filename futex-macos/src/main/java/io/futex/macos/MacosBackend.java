package io.futex.macos;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Liveness;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/// Waits and wakes by the best [Generation] of calls that this macOS has.
///
/// A result of 0 or more says that the wait was woken, or that the word held another value, or nothing: the kernel does
/// not tell which. Nor does a wake tell whether it woke anybody: it fails if the kernel has no entry for the word, but
/// the entry stays until the last waiter has run, who may have been woken by somebody else before.
///
/// Sources: bsd/kern/sys_ulock.c and bsd/sys/ulock.h of XNU; os/os_sync_wait_on_address.h of libplatform.
final class MacosBackend implements FutexBackend {
    // bsd/sys/ulock.h
    private static final int UL_COMPARE_AND_WAIT = 1; // macOS 10.12
    private static final int UL_COMPARE_AND_WAIT_SHARED = 3; // macOS 10.15
    private static final int ULF_WAKE_ALL = 0x100; // macOS 10.12
    private static final int ULF_NO_ERRNO = 0x0100_0000; // macOS 10.12: -errno is returned

    // os/os_sync_wait_on_address.h and os/clock.h, macOS 14.4
    private static final int OS_SYNC_NONE = 0;
    private static final int OS_SYNC_SHARED = 1;
    private static final int OS_CLOCK_MACH_ABSOLUTE_TIME = 32; // what System.nanoTime() reads; there is no other

    /// What a timeout of 0 means to the kernel. A wait with a deadline must never pass it.
    private static final long FOR_EVER = 0;

    /// So short that a wait does not sleep.
    private static final long SHORTEST_NANOS = 1;

    /// A hundred days. The kernel turns a timeout into ticks and adds it to its clock; the engine repeats a wait that
    /// ended before its deadline.
    private static final long LONGEST_NANOS = 100L * 24 * 3600 * 1_000_000_000;

    /// A wake does not keep its word's memory open: whom it wakes may close the memory at once.
    private static final MemorySegment NOT_HELD = MemorySegment.NULL;

    private final MacosCalls calls;
    private final Errno errno;
    private final Generation generation;

    private MacosBackend(MacosCalls calls, Errno errno, Generation generation) {
        this.calls = calls;
        this.errno = errno;
        this.generation = generation;
    }

    /// Takes the best calls that the system has and that answer as they must: a wait for another value than the word's
    /// returns at once, and a wake finds nobody.
    static MacosBackend probe(MacosCalls calls, Errno errno) throws BackendUnavailableException {
        StringBuilder why = new StringBuilder();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = arena.allocate(Integer.BYTES, Integer.BYTES);
            for (Generation generation : Generation.values()) {
                why.append(why.isEmpty() ? "" : "; ").append(generation.functions.getFirst().symbol);
                if (!generation.functions.stream().allMatch(calls::has)) {
                    why.append(": not in libSystem");
                    continue;
                }
                MacosBackend backend = new MacosBackend(calls, errno, generation);
                int waited = backend.wait(false, zero, zero.address(), 1, false, SHORTEST_NANOS);
                if (waited < 0) {
                    waited = backend.wait(true, zero, zero.address(), 1, false, SHORTEST_NANOS);
                }
                int woken = backend.wakeOnce(zero.address(), false, false);
                if ((waited >= 0 || waited == -errno.efault() || waited == -errno.eintr()) && woken < 0) {
                    return backend;
                }
                why.append(": does not work, ")
                        .append(waited < 0 ? errno.describe(-waited) : "a wake of nobody is said to have woken");
            }
        }
        throw new BackendUnavailableException(why.toString());
    }

    @Override
    public String name() {
        return "macos";
    }

    @Override
    public Set<Capability> capabilities(boolean shared) {
        return shared
                ? EnumSet.of(Capability.PROCESS_SHARED, Capability.WAKE_COUNT)
                : EnumSet.of(Capability.WAKE_COUNT);
    }

    @Override
    public String description() {
        return "binding " + calls.binding() + ", waits by " + generation.functions.getFirst().symbol + ", wakes by "
                + generation.functions.getLast().symbol;
    }

    @Override
    public Liveness liveness() throws BackendUnavailableException {
        return MacosLiveness.create(calls, errno);
    }

    /// It fails where there is no entry, but the entry outlives the last sleeper: see above.
    @Override
    public boolean tellsWakeOfOne() {
        return false;
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        return await(FutexBackend.addressOf(base, offset), expected, base, shared, deadline);
    }

    @Override
    public Outcome awaitOwn(MemorySegment own, int expected, MemorySegment held, long deadline) {
        return await(FutexBackend.addressOf(own, 0), expected, held, false, deadline);
    }

    private Outcome await(long address, int expected, MemorySegment held, boolean shared, long deadline) {
        long nanos = deadline == FOREVER
                ? FOR_EVER
                : Math.clamp(deadline - System.nanoTime(), SHORTEST_NANOS, LONGEST_NANOS);
        return wait(false, held, address, expected, shared, nanos) >= 0 ? Outcome.WOKEN : Outcome.FAILED;
    }

    @Override
    public Outcome diagnose(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        long address = FutexBackend.addressOf(base, offset);
        int number = -wait(true, base, address, expected, shared, SHORTEST_NANOS);
        if (number <= 0) {
            return Outcome.WOKEN;
        }
        if (number == errno.etimedout() || number == errno.eintr()) {
            return Outcome.EARLY; // it would sleep again: a signal handler has run, or the timeout was capped
        }
        if (number == errno.efault()) {
            // The kernel reads the word under a spin lock and so cannot page it in. Nor may we, since it may be gone;
            // but the caller looks at it anyway, and waits again.
            return Outcome.WOKEN;
        }
        throw new FutexException(generation.functions.getFirst().symbol + " at 0x" + Long.toHexString(address)
                + ", expected " + expected + (shared ? ", shared: " : ", private: ") + errno.describe(number));
    }

    /// Wakes by mask are unknown to the kernel: it wakes whoever waits on the word.
    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        long address = base.address() + offset;
        if (count == Integer.MAX_VALUE) {
            return wakeOnce(address, shared, true) < 0 ? 0 : Futex.UNKNOWN;
        }
        int tried = 0;
        while (tried < count && wakeOnce(address, shared, false) >= 0) {
            tried++;
        }
        return tried == 0 ? 0 : Futex.UNKNOWN;
    }

    /// @param errno whether a family that tells by errno shall be asked for it; else its errors are -1
    /// @param nanos at least 1, or [#FOR_EVER]
    /// @return 0 or more, or -errno
    private int wait(boolean errno, MemorySegment held, long address, int expected, boolean shared, long nanos) {
        // The kernel compares the whole uint64_t with the zero-extended word: a sign-extended one would never sleep.
        long value = Integer.toUnsignedLong(expected);
        return switch (generation) {
            case OS_SYNC -> {
                long flags = shared ? OS_SYNC_SHARED : OS_SYNC_NONE;
                yield nanos == FOR_EVER
                        ? call(errno, Function.OS_SYNC_WAIT, held, address, value, Integer.BYTES, flags, 0, 0)
                        : call(
                                errno,
                                Function.OS_SYNC_WAIT_WITH_TIMEOUT,
                                held,
                                address,
                                value,
                                Integer.BYTES,
                                flags,
                                OS_CLOCK_MACH_ABSOLUTE_TIME,
                                nanos);
            }
            case ULOCK -> call(false, Function.ULOCK_WAIT2, held, operation(shared), address, value, nanos, 0, 0);
        };
    }

    /// @return negative if nobody waits
    private int wakeOnce(long address, boolean shared, boolean all) {
        if (generation == Generation.OS_SYNC) {
            Function function = all ? Function.OS_SYNC_WAKE_ALL : Function.OS_SYNC_WAKE_ANY;
            return calls.call(
                    function, NOT_HELD, address, Integer.BYTES, shared ? OS_SYNC_SHARED : OS_SYNC_NONE, 0, 0, 0);
        }
        long operation = operation(shared) | (all ? ULF_WAKE_ALL : 0);
        return calls.call(Function.ULOCK_WAKE, NOT_HELD, operation, address, 0, 0, 0, 0);
    }

    private static long operation(boolean shared) {
        return ULF_NO_ERRNO | (shared ? UL_COMPARE_AND_WAIT_SHARED : UL_COMPARE_AND_WAIT);
    }

    private int call(
            boolean errno, Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        return errno
                ? calls.callForErrno(function, held, a, b, c, d, e, f)
                : calls.call(function, held, a, b, c, d, e, f);
    }
}
