package io.futex.linux;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.FutexWait;
import io.futex.spi.AsyncWaits;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Liveness;
import io.futex.spi.MemoryFile;
import io.futex.spi.Outcome;
import io.futex.spi.RobustSystem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

    private static final String NOT_ALLOWED = "-D" + LinuxBackendProvider.FUTEX2 + "=false";

    // include/uapi/linux/time.h; the clock of System.nanoTime()
    private static final int CLOCK_MONOTONIC = 1;

    /// A wake does not keep its word's memory open. It reads nothing there, and whom it wakes may close the memory at
    /// once, which would fail while the wake has not returned.
    private static final MemorySegment NOT_HELD = MemorySegment.NULL;

    /// The kernel takes the mask and the value of futex2 as unsigned longs and answers EINVAL to a sign-extended one.
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private final LinuxCalls calls;
    private final SystemCalls numbers;

    /// Whether the user wants futex2 at all.
    private final boolean allowed;

    /// Whether futex_wait and futex_wake are called. Given up for good once the kernel or a seccomp filter refuses one
    /// of them what futex(2) does.
    private volatile boolean futex2;

    /// Whether futex_waitv works; null until somebody wants to know.
    private volatile @Nullable Boolean waitv;

    private LinuxBackend(LinuxCalls calls, SystemCalls numbers, boolean allowed) {
        this.calls = calls;
        this.numbers = numbers;
        this.allowed = allowed;
    }

    /// Finds out which calls work, by wakes that find nobody: they tell without errno. One kernel, 6.7, brought
    /// futex_wake and futex_wait, and filters know both or neither; if not, the first wait that fails finds out.
    ///
    /// @param allowed whether futex2 may be called
    static LinuxBackend probe(LinuxCalls calls, SystemCalls numbers, boolean allowed)
            throws BackendUnavailableException {
        LinuxBackend backend = new LinuxBackend(calls, numbers, allowed);
        long nobody = Timespec.write(0);
        if (backend.futexWake(nobody, false, ALL, 1) != 0) {
            long result = backend.futexWait(true, NOT_HELD, nobody, 1, false, ALL, nobody);
            throw new BackendUnavailableException("futex(2) does not work: "
                    + (result < 0 ? Errno.describe((int) -result) : "it slept on a word of another value"));
        }
        backend.futex2 = allowed && backend.futex2Wake(false, nobody, false, ALL, 1) == 0;
        return backend;
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
        if (futex2) {
            capabilities.add(Capability.PRECISE_TIMEOUT);
        }
        return capabilities;
    }

    @Override
    public String description() {
        String wait = "futex_wait (" + numbers.futexWait() + ")";
        String wake = "futex_wake (" + numbers.futexWake() + ")";
        if (!futex2) {
            wait = "FUTEX_WAIT_BITSET of futex(2), since " + (allowed ? wait + answered(true) : NOT_ALLOWED);
            wake = "FUTEX_WAKE of futex(2), since " + (allowed ? wake + answered(false) : NOT_ALLOWED);
        }
        return "binding " + calls.binding() + ", waits by " + wait + ", wakes by " + wake;
    }

    /// Asks why not, by harmless calls. Nobody but a reader needs to know, so it is not asked before.
    private String answered(boolean wait) {
        long zero = Timespec.write(0); // a word too
        long result =
                wait ? futex2Wait(true, NOT_HELD, zero, 1, false, ALL, zero) : futex2Wake(true, zero, false, ALL, 1);
        return " answered " + (result < 0 ? Errno.name((int) -result) : result);
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        long address = FutexBackend.addressOf(base, offset);
        long timespec = deadline == FOREVER ? 0 : Timespec.write(deadline);
        long result = futex2
                ? futex2Wait(false, base, address, expected, shared, mask, timespec)
                : futexWait(false, base, address, expected, shared, mask, timespec);
        // Woken, perhaps by a wake that was meant for an earlier user of this address.
        return result >= 0 ? Outcome.WOKEN : Outcome.FAILED;
    }

    @Override
    public Outcome diagnose(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        long address = FutexBackend.addressOf(base, offset);
        long past = Timespec.write(0);
        boolean newer = futex2; // others may give it up meanwhile
        long result = newer
                ? futex2Wait(true, base, address, expected, shared, mask, past)
                : futexWait(true, base, address, expected, shared, mask, past);
        if (newer && !isMeant(result)) {
            // It is the word's fault, or futex_wait's: a seccomp filter that was installed after the probe, which may
            // answer anything. If it is not the word's, futex(2) works.
            result = futexWait(true, base, address, expected, shared, mask, past);
            if (isMeant(result)) {
                futex2 = false;
            }
        }
        return switch ((int) -result) {
            case 0 -> Outcome.WOKEN;
            case Errno.EAGAIN -> Outcome.CHANGED;
            // It would sleep again. So a signal handler has run, such as a profiler's, or the system's time is over.
            case Errno.ETIMEDOUT, Errno.EINTR -> isOver(deadline) ? Outcome.TIMED_OUT : Outcome.EARLY;
            default ->
                throw new FutexException("FUTEX_WAIT_BITSET at 0x" + Long.toHexString(address) + ", expected "
                        + expected + (shared ? ", shared: " : ", private: ") + Errno.describe((int) -result));
        };
    }

    /// Whether a wait may end so.
    private static boolean isMeant(long result) {
        return result == 0 || result == -Errno.EAGAIN || result == -Errno.ETIMEDOUT || result == -Errno.EINTR;
    }

    /// By the system's clock. [System#nanoTime()] reads the same, but may go on by itself where a process was restored
    /// on another machine.
    private boolean isOver(long deadline) {
        return deadline != FOREVER
                && calls.syscall(numbers.clockGettime(), NOT_HELD, CLOCK_MONOTONIC, Timespec.write(0), 0, 0, 0, 0) == 0
                && Timespec.read() >= deadline;
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        long address = base.address() + offset;
        if (futex2) {
            long woken = futex2Wake(false, address, shared, mask, count);
            if (woken >= 0) {
                return (int) woken;
            }
        }
        long woken = futexWake(address, shared, mask, count);
        if (futex2 && woken >= 0) {
            futex2 = false; // had it been the word's fault, this would have failed as well
        }
        return (int) Math.max(0, woken);
    }

    // ---- waits on several words

    /// Without an array, futex_waitv answers EINVAL. It is of futex2, so whoever wants none of that has none of this.
    @Override
    public boolean waitsForAny() {
        Boolean known = waitv;
        if (known == null) {
            known = allowed && calls.syscallForErrno(numbers.futexWaitv(), NOT_HELD, 0, 0, 0, 0, 0, 0) == -Errno.EINVAL;
            waitv = known;
        }
        return known;
    }

    @Override
    public int awaitAny(FutexWait[] waits, MemorySegment own, int ownExpected, long deadline) {
        return (int) waitv(false, waits, own, ownExpected, deadline);
    }

    @Override
    public int diagnoseAny(FutexWait[] waits) {
        long result = waitv(true, waits, NOT_HELD, 0, 0);
        return switch ((int) -Math.min(0, result)) {
            case 0 -> (int) result;
            // A word has changed; it would sleep again; a signal handler has run.
            case Errno.EAGAIN, Errno.ETIMEDOUT, Errno.EINTR -> -1;
            default -> throw refusal(waits.length, (int) -result);
        };
    }

    private FutexException refusal(int words, int errno) {
        if (errno == Errno.ENOSYS || errno == Errno.EPERM) {
            waitv = false; // a seccomp filter that was installed after we had asked
        }
        return new FutexException("futex_waitv of " + words + " words: " + Errno.describe(errno));
    }

    // long futex_waitv(struct futex_waitv *waiters, unsigned int nr, unsigned int flags, timespec *timeout, clockid_t)
    private long waitv(boolean errno, FutexWait[] waits, MemorySegment own, int ownExpected, long deadline) {
        MemorySegment vector = WaitVector.current();
        int count = waits.length;
        for (int i = 0; i < count; i++) {
            FutexWait wait = waits[i];
            long address = FutexBackend.addressOf(wait.base(), wait.offset());
            WaitVector.set(vector, i, wait.expected(), address, futex2Flags(true));
        }
        if (own.address() != 0) {
            WaitVector.set(vector, count++, ownExpected, own.address(), futex2Flags(false));
        }
        long timespec = deadline == FOREVER ? 0 : Timespec.write(deadline);
        // Of the words' arenas FFM could keep one open; it is the first one's.
        return call(
                errno, numbers.futexWaitv(), waits[0].base(), vector.address(), count, 0, timespec, CLOCK_MONOTONIC, 0);
    }

    @Override
    public AsyncWaits openAsync(boolean shared) throws BackendUnavailableException {
        return Ring.open(calls, RingCalls.of(numbers), futex2Flags(shared));
    }

    @Override
    public @Nullable RobustSystem robust() throws BackendUnavailableException {
        return LinuxRobust.create(calls, this);
    }

    @Override
    public Liveness liveness() throws BackendUnavailableException {
        return LinuxLiveness.create(calls);
    }

    @Override
    public MemoryFile createMemoryFile(String name, long bytes) throws IOException {
        return SealedFile.create(calls, FileCalls.HERE, name, bytes);
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
        return calls.syscall(
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
            MemorySegment held,
            long address,
            long arg2,
            long arg3,
            long arg4,
            long arg5,
            long arg6) {
        return errno
                ? calls.syscallForErrno(number, held, address, arg2, arg3, arg4, arg5, arg6)
                : calls.syscall(number, held, address, arg2, arg3, arg4, arg5, arg6);
    }

    private static int futex2Flags(boolean shared) {
        return FUTEX2_SIZE_U32 | (shared ? 0 : FUTEX2_PRIVATE);
    }
}
