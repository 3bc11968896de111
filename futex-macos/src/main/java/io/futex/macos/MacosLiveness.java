package io.futex.macos;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Liveness;
import io.futex.spi.Machine;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// By proc_pidinfo, which knows processes by their id, and threads by one of 64 bits that no other thread gets before
/// the next boot. A number of 30 bits has no room for that, so it is made of the process's id, for when nothing else is
/// known, and of the lowest bits of the thread's; and the whole is what tells the thread from others.
///
/// It says that a process that has ended is none, though its parent may not have asked about it yet. Of another user's
/// it does not tell: such a process is there.
///
/// Sources: bsd/kern/proc_info.c, bsd/sys/proc_info.h, libsyscall/wrappers/libproc of XNU; pthread_threadid_np(3);
/// sysctl(3).
final class MacosLiveness implements Liveness {
    // bsd/sys/proc_info.h: the flavors and the bytes that each gives
    private static final int PROC_PIDTBSDINFO = 3;
    private static final int PROC_PIDTHREADID64INFO = 15;
    private static final int BSDINFO_BYTES = 136;
    private static final int THREADINFO_BYTES = 112;

    // Of struct proc_bsdinfo.
    private static final long START_SECONDS = 120;
    private static final long START_MICROS = 128;

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int UUID_BYTES = 37; // with the 0 at its end

    /// Ids of processes are at most 99999 (PID_MAX of bsd/sys/proc_internal.h).
    private static final int PROCESS_BITS = 22;

    private static final int THREAD_MASK = 0xFF;
    private static final int PROCESS_MASK = (1 << PROCESS_BITS) - 1;

    private static final MemorySegment NOTHING = MemorySegment.NULL;

    private final MacosCalls calls;
    private final Errno errno;
    private final int self;

    private MacosLiveness(MacosCalls calls, Errno errno, int self) {
        this.calls = calls;
        this.errno = errno;
        this.self = self;
    }

    static MacosLiveness create(MacosCalls calls, Errno errno) throws BackendUnavailableException {
        for (Function function : List.of(Function.PROC_PIDINFO, Function.PTHREAD_THREADID_NP, Function.SYSCTLBYNAME)) {
            if (!calls.has(function)) {
                throw new BackendUnavailableException(function.symbol + " tells whether a process has ended, and the"
                        + " binding " + calls.binding() + " does not have it; -Dio.futex.binding=ffm does");
            }
        }
        long self = ProcessHandle.current().pid();
        MacosLiveness liveness = new MacosLiveness(calls, errno, (int) self);
        if (liveness.startOf(self) < 0 || liveness.hasEnded(liveness.thread(), liveness.threadStart())) {
            throw new BackendUnavailableException("proc_pidinfo does not tell of this very process");
        }
        return liveness;
    }

    /// A UUID that is drawn at boot. There are no namespaces of processes.
    @Override
    public Machine machine() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("kern.bootsessionuuid");
            MemorySegment uuid = arena.allocate(UUID_BYTES);
            MemorySegment size = arena.allocateFrom(JAVA_LONG, UUID_BYTES);
            int result =
                    calls.call(Function.SYSCTLBYNAME, NOTHING, name.address(), uuid.address(), size.address(), 0, 0, 0);
            uuid.set(JAVA_BYTE, UUID_BYTES - 1, (byte) 0);
            return Machine.of(result == 0 ? uuid.getString(0) : "", 0);
        }
    }

    @Override
    public long startOf(long process) {
        if (process <= 0 || process > Integer.MAX_VALUE) {
            return GONE;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BSDINFO_BYTES, Long.BYTES);
            int result = info(process, PROC_PIDTBSDINFO, 0, info);
            return result == BSDINFO_BYTES
                    ? info.get(JAVA_LONG, START_SECONDS) * MICROS_PER_SECOND + info.get(JAVA_LONG, START_MICROS)
                    : result == -errno.esrch() ? GONE : UNKNOWN;
        }
    }

    @Override
    public int thread() {
        return (self & PROCESS_MASK) | ((int) threadStart() & THREAD_MASK) << PROCESS_BITS;
    }

    @Override
    public long threadStart() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment id = arena.allocate(JAVA_LONG);
            int result = calls.call(Function.PTHREAD_THREADID_NP, NOTHING, 0, id.address(), 0, 0, 0, 0);
            return result == 0 ? id.get(JAVA_LONG, 0) : UNKNOWN;
        }
    }

    @Override
    public boolean hasEnded(int thread, long start) {
        int process = thread & PROCESS_MASK;
        if (startOf(process) == GONE) {
            return true;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(THREADINFO_BYTES, Long.BYTES);
            return start != UNKNOWN && info(process, PROC_PIDTHREADID64INFO, start, info) == -errno.esrch();
        }
    }

    /// @return how many bytes it has written, or `-errno`
    private int info(long process, int flavor, long argument, MemorySegment info) {
        return calls.callForErrno(
                Function.PROC_PIDINFO, NOTHING, process, flavor, argument, info.address(), info.byteSize(), 0);
    }
}
