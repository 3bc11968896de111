package io.futex.linux;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Waits by futex_wait and wakes by futex_wake where the kernel has them (6.7), else by futex(2).
///
/// Both sleep on the same queues. futex_wait is worth the trouble since it has no timer slack: a timed wait ends some
/// 15 us late, where FUTEX_WAIT_BITSET is some 60 us late.
///
/// Sources: futex(2); include/uapi/linux/futex.h and kernel/futex/syscalls.c of the kernel.
final class LinuxBackend implements FutexBackend {
    // include/uapi/linux/futex.h
    private static final int FUTEX_WAKE = 1;
    private static final int FUTEX_WAIT_BITSET = 9; // 2.6.25; unlike FUTEX_WAIT it takes an absolute time
    private static final int FUTEX_WAKE_BITSET = 10; // 2.6.25
    private static final int FUTEX_PRIVATE_FLAG = 128; // 2.6.22
    private static final int FUTEX2_SIZE_U32 = 2; // 6.7
    private static final int FUTEX2_PRIVATE = 128; // 6.7

    // include/uapi/linux/time.h; the clock of System.nanoTime()
    private static final int CLOCK_MONOTONIC = 1;

    /// A wake does not keep its word's memory open. It reads nothing there, and whom it wakes may close the memory at
    /// once, which would fail while the wake has not returned.
    private static final MemorySegment NOT_HELD = MemorySegment.NULL;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    /// The kernel takes the mask and the value of futex2 as unsigned longs and answers EINVAL to a sign-extended one.
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final LinuxCalls calls;
    private final SystemCalls numbers;

    /// Why futex_wait is not called; null while it is. Set for good once the kernel or a seccomp filter refuses it.
    private volatile @Nullable String noFutex2Wait;

    private volatile @Nullable String noFutex2Wake;

    private LinuxBackend(LinuxCalls calls, SystemCalls numbers) {
        this.calls = calls;
        this.numbers = numbers;
    }

    /// Finds out which calls work, by harmless ones whose exact answer is known. Anything else, be it ENOSYS of an old
    /// kernel or EPERM of a container's seccomp filter, rules a call out.
    static LinuxBackend probe(LinuxCalls calls, SystemCalls numbers) throws BackendUnavailableException {
        LinuxBackend backend = new LinuxBackend(calls, numbers);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment zero = arena.allocate(Integer.BYTES, Integer.BYTES);
            long futex = backend.futexWait(true, zero, zero.address(), 1, false, ALL, 0);
            if (futex != -Errno.EAGAIN) {
                throw new BackendUnavailableException("futex(2) does not work: "
                        + (futex < 0 ? Errno.describe((int) -futex) : "it slept on a word of another value"));
            }
            long wait = backend.futex2Wait(true, zero, zero.address(), 1, false, ALL, 0);
            backend.noFutex2Wait = wait == -Errno.EAGAIN ? null : answered(wait);
            long wake = backend.futex2Wake(true, zero.address(), false, ALL, 1);
            backend.noFutex2Wake = wake == 0 ? null : answered(wake);
        }
        return backend;
    }

    private static String answered(long result) {
        return "answered " + (result < 0 ? Errno.name((int) -result) : result);
    }

    @Override
    public String name() {
        return "linux";
    }

    @Override
    public Set<Capability> capabilities(boolean shared) {
        Set<Capability> capabilities =
                EnumSet.of(Capability.REPORTS_CHANGED, Capability.REPORTS_WOKEN_COUNT, Capability.WAKE_COUNT);
        if (shared) {
            capabilities.add(Capability.PROCESS_SHARED);
        }
        if (noFutex2Wait == null) {
            capabilities.add(Capability.PRECISE_TIMEOUT);
        }
        return capabilities;
    }

    @Override
    public String description() {
        String wait = "futex_wait (" + numbers.futexWait() + ")";
        String wake = "futex_wake (" + numbers.futexWake() + ")";
        String noWait = noFutex2Wait;
        String noWake = noFutex2Wake;
        return "binding " + calls.binding() + ", waits by "
                + (noWait == null ? wait : "FUTEX_WAIT_BITSET of futex(2), since " + wait + " " + noWait)
                + ", wakes by " + (noWake == null ? wake : "FUTEX_WAKE of futex(2), since " + wake + " " + noWake);
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        long address = base.address() + offset;
        long timespec = deadline == FOREVER ? 0 : calls.timespec(deadline);
        boolean futex2 = noFutex2Wait == null;
        long tried = futex2
                ? futex2Wait(false, base, address, expected, shared, mask, timespec)
                : futexWait(false, base, address, expected, shared, mask, timespec);
        if (tried >= 0) {
            return Outcome.WOKEN; // perhaps by a wake that was meant for an earlier user of this address
        }
        // No wake was consumed. Why not is mostly plain to see, and errno is dear (see FfmLinuxCalls); if it is not,
        // then the call is made once more, for its errno: a signal came, or the word changed and changed back, or
        // worse.
        if ((int) INT.getVolatile(base, offset) != expected) {
            return Outcome.CHANGED;
        }
        if (deadline != FOREVER && System.nanoTime() >= deadline) {
            return Outcome.TIMED_OUT;
        }
        if (futex2) {
            long result = futex2Wait(true, base, address, expected, shared, mask, timespec);
            if (result != -Errno.ENOSYS && result != -Errno.EPERM) {
                return outcome(result, "futex_wait", address, expected, shared);
            }
            noFutex2Wait = answered(result); // a seccomp filter was installed after the probe
        }
        long result = futexWait(true, base, address, expected, shared, mask, timespec);
        return outcome(result, "FUTEX_WAIT_BITSET", address, expected, shared);
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        long address = base.address() + offset;
        if (noFutex2Wake == null) {
            long woken = futex2Wake(false, address, shared, mask, count);
            if (woken >= 0) {
                return (int) woken;
            }
            // If it is the word's fault, the call below fails the same way; if not, a filter was installed after the
            // probe.
            long classic = futexWake(address, shared, mask, count);
            if (classic >= 0) {
                noFutex2Wake = "began to fail";
            }
            return (int) Math.max(0, classic);
        }
        return (int) Math.max(0, futexWake(address, shared, mask, count));
    }

    private static Outcome outcome(long result, String call, long address, int expected, boolean shared) {
        return switch ((int) -result) {
            // Woken after all.
            case 0 -> Outcome.WOKEN;
            case Errno.EAGAIN -> Outcome.CHANGED;
            case Errno.ETIMEDOUT -> Outcome.TIMED_OUT;
            // A signal handler ran, such as a profiler's; the thread was not woken, or the kernel would say so.
            case Errno.EINTR -> Outcome.EARLY;
            default ->
                throw new FutexException(call + " at 0x" + Long.toHexString(address) + ", expected " + expected
                        + (shared ? ", shared: " : ", private: ") + Errno.describe((int) -result));
        };
    }

    // long futex_wait(void *uaddr, unsigned long val, unsigned long mask, unsigned flags, timespec *timeout, clockid_t)
    private long futex2Wait(
            boolean errno, MemorySegment base, long address, int expected, boolean shared, int mask, long timespec) {
        return call(
                errno,
                numbers.futexWait(),
                base,
                address,
                expected & UNSIGNED,
                mask & UNSIGNED,
                futex2Flags(shared),
                timespec,
                CLOCK_MONOTONIC);
    }

    // long futex_wake(void *uaddr, unsigned long mask, int nr, unsigned flags)
    private long futex2Wake(boolean errno, long address, boolean shared, int mask, int count) {
        return call(errno, numbers.futexWake(), NOT_HELD, address, mask & UNSIGNED, count, futex2Flags(shared), 0, 0);
    }

    // long futex(uint32_t *uaddr, int op, uint32_t val, const timespec *timeout, uint32_t *uaddr2, uint32_t val3)
    private long futexWait(
            boolean errno, MemorySegment base, long address, int expected, boolean shared, int mask, long timespec) {
        return call(
                errno,
                numbers.futex(),
                base,
                address,
                FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE_FLAG),
                expected & UNSIGNED,
                timespec,
                0,
                mask & UNSIGNED);
    }

    private long futexWake(long address, boolean shared, int mask, int count) {
        int operation = mask == ALL ? FUTEX_WAKE : FUTEX_WAKE_BITSET;
        return calls.trySyscall(
                numbers.futex(),
                NOT_HELD,
                address,
                operation | (shared ? 0 : FUTEX_PRIVATE_FLAG),
                count,
                0,
                0,
                mask & UNSIGNED);
    }

    private long call(
            boolean errno,
            int number,
            MemorySegment base,
            long address,
            long arg2,
            long arg3,
            long arg4,
            long arg5,
            long arg6) {
        return errno
                ? calls.syscall(number, base, address, arg2, arg3, arg4, arg5, arg6)
                : calls.trySyscall(number, base, address, arg2, arg3, arg4, arg5, arg6);
    }

    private static int futex2Flags(boolean shared) {
        return FUTEX2_SIZE_U32 | (shared ? 0 : FUTEX2_PRIVATE);
    }
}
