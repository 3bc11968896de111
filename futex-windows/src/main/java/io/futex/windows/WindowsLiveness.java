package io.futex.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Liveness;
import io.futex.spi.Machine;
import io.futex.spi.RobustThread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// By handles, which are closed at once: the system counts processes and threads with the same numbers, and knows when
/// each was created, in 100 ns.
///
/// Who has ended is there as long as anybody has a handle of him, as the parent mostly has; but he is signalled then.
/// Who may not be opened is there.
///
/// Sources: processthreadsapi.h, synchapi.h; KUSER_SHARED_DATA in ntddk.h.
final class WindowsLiveness implements Liveness {
    private static final int SYNCHRONIZE = 0x0010_0000;
    private static final int PROCESS_QUERY_LIMITED_INFORMATION = 0x1000;
    private static final int THREAD_QUERY_LIMITED_INFORMATION = 0x0800;
    private static final int WAIT_TIMEOUT = 258;
    private static final int ERROR_INVALID_PARAMETER = 87;

    /// Where the system shows each process a page of its own, to read.
    private static final long USER_SHARED_DATA = 0x7FFE_0000L;

    private static final long BOOT_ID = 0x2C4;

    private final WindowsCalls calls;

    private WindowsLiveness(WindowsCalls calls) {
        this.calls = calls;
    }

    static WindowsLiveness create(WindowsCalls calls) throws BackendUnavailableException {
        WindowsLiveness liveness = new WindowsLiveness(calls);
        try {
            if (liveness.startOf(ProcessHandle.current().pid()) < 0
                    || liveness.threadStart() < 0
                    || (liveness.thread() & ~RobustThread.OWNER) != 0) {
                throw new BackendUnavailableException("GetProcessTimes does not tell of this very process");
            }
        } catch (UnsupportedOperationException | LinkageError e) {
            throw new BackendUnavailableException(String.valueOf(e.getMessage()));
        }
        return liveness;
    }

    /// The number of this boot, which the loader of the system counts. Other ids of a boot it has none: the time of the
    /// boot moves with the clock. Zero, which is unknown, under wine. There are no namespaces of processes: a container
    /// sees the numbers of its host.
    @Override
    @SuppressWarnings("restricted")
    public Machine machine() {
        int boot = MemorySegment.ofAddress(USER_SHARED_DATA + BOOT_ID)
                .reinterpret(Integer.BYTES)
                .get(JAVA_INT, 0);
        return new Machine((long) boot << Integer.SIZE, 0, 0);
    }

    @Override
    public long startOf(long process) {
        return start(Function.OPEN_PROCESS, PROCESS_QUERY_LIMITED_INFORMATION, Function.GET_PROCESS_TIMES, process);
    }

    @Override
    public int thread() {
        return (int) calls.call(Function.GET_CURRENT_THREAD_ID, 0, 0, 0, 0, 0);
    }

    @Override
    public long threadStart() {
        return startOfThread(thread());
    }

    @Override
    public boolean hasEnded(int thread, long start) {
        long found = startOfThread(thread);
        return found == GONE || (found != UNKNOWN && start != UNKNOWN && found != start);
    }

    private long startOfThread(int thread) {
        return start(Function.OPEN_THREAD, THREAD_QUERY_LIMITED_INFORMATION, Function.GET_THREAD_TIMES, thread);
    }

    private long start(Function open, int access, Function times, long id) {
        if (id <= 0 || id > 0xFFFF_FFFFL) {
            return GONE;
        }
        long handle = calls.call(open, access | SYNCHRONIZE, 0, id, 0, 0);
        if (handle <= 0) {
            return -handle == ERROR_INVALID_PARAMETER ? GONE : UNKNOWN;
        }
        try (Arena arena = Arena.ofConfined()) {
            if ((int) calls.call(Function.WAIT_FOR_SINGLE_OBJECT, handle, 0, 0, 0, 0) != WAIT_TIMEOUT) {
                return GONE;
            }
            MemorySegment four = arena.allocate(JAVA_LONG, 4);
            long at = four.address();
            boolean isTold =
                    (int) calls.call(times, handle, at, at + Long.BYTES, at + 2 * Long.BYTES, at + 3 * Long.BYTES) > 0;
            return isTold ? four.get(JAVA_LONG, 0) : UNKNOWN;
        } finally {
            long unused = calls.call(Function.CLOSE_HANDLE, handle, 0, 0, 0, 0);
        }
    }
}
