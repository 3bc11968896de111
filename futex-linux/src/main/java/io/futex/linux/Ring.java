package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.FutexException;
import io.futex.spi.AsyncWaits;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// An io_uring that waits on futexes (Linux 6.7). One thread gives waits to the kernel, any number by one system call,
/// and learns which have ended, by the same call. They sleep on the same queues as threads do, and wakes count them.
///
/// A wait belongs to the thread that gave it: the kernel cancels it when that thread ends. So the thread must outlive
/// the waits, and none may be given by a carrier of virtual threads.
///
/// Sources: io_uring(7), io_uring_enter(2); include/uapi/linux/io_uring.h and io_uring/futex.c of the kernel.
final class Ring implements AsyncWaits {
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    // Rings count against RLIMIT_MEMLOCK of their user, over all processes. This is enough: who gives more than fits
    // enters once more, and the kernel hands out what has ended in batches of some 20.
    private static final int ENTRIES = 256;
    private static final int FEWEST_ENTRIES = 64;

    // io_uring_setup
    private static final int SETUP_CQSIZE = 1 << 3;
    private static final int SETUP_SINGLE_ISSUER = 1 << 12;
    private static final int SETUP_DEFER_TASKRUN = 1 << 13;
    private static final int SETUP_NO_SQARRAY = 1 << 16;
    private static final int FLAGS = SETUP_CQSIZE | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN | SETUP_NO_SQARRAY;
    private static final long SQES_OFFSET = 0x1000_0000;

    // struct io_uring_params
    private static final long PARAMS_BYTES = 120;
    private static final long PARAMS_SQ_ENTRIES = 0;
    private static final long PARAMS_CQ_ENTRIES = 4;
    private static final long PARAMS_FLAGS = 8;
    private static final long PARAMS_SQ_HEAD = 40;
    private static final long PARAMS_SQ_TAIL = 44;
    private static final long PARAMS_CQ_HEAD = 80;
    private static final long PARAMS_CQ_TAIL = 84;
    private static final long PARAMS_CQES = 100;

    // struct io_uring_sqe
    private static final long SQE_BYTES = 64;
    private static final long SQE_FD = 4; // of a futex: its flags
    private static final long SQE_OFFSET = 8; // of a futex: the value
    private static final long SQE_ADDRESS = 16;
    private static final long SQE_LENGTH = 24;
    private static final long SQE_USER_DATA = 32;
    private static final long SQE_ADDRESS_3 = 48; // of a futex: the mask
    private static final byte OP_ASYNC_CANCEL = 14;
    private static final byte OP_READ = 22;
    private static final byte OP_FUTEX_WAIT = 51;

    // struct io_uring_cqe
    private static final long CQE_BYTES = 16;
    private static final long CQE_RESULT = 8;

    // io_uring_enter
    private static final int ENTER_GETEVENTS = 1;
    private static final int ENTER_EXT_ARG = 1 << 3; // Linux 5.11

    private static final int EFD_CLOEXEC = 0x8_0000; // include/linux/eventfd.h: O_CLOEXEC of each architecture here
    private static final int MADV_DONTFORK = 10;

    /// User data of what is not a wait.
    private static final long CANCEL = -1;
    private static final long KICK = -2;

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    private static final MemorySegment NOT_HELD = MemorySegment.NULL;

    // One block: a one to write into the eventfd, where it is read into, struct io_uring_getevents_arg, a timespec, and
    // a word of value 0.
    private static final long BLOCK_BYTES = 128;
    private static final long ONE = 0;
    private static final long READ = 8;
    private static final long ARGUMENT = 16;
    private static final long ARGUMENT_BYTES = 24;
    private static final long ARGUMENT_TIME = ARGUMENT + 16;
    private static final long TIME = 64;
    private static final long TRIED = 96;

    private final LinuxCalls calls;
    private final RingCalls numbers;
    private final int futexFlags;
    private final int entries;
    private final int ring;
    private final int event;
    private final MemorySegment rings;
    private final MemorySegment sqes;
    private final long sqHead;
    private final long sqTail;
    private final long cqHead;
    private final long cqTail;
    private final long cqes;
    private final int cqMask;
    private final MemorySegment block = Arena.ofAuto().allocate(BLOCK_BYTES, BLOCK_BYTES);

    /// Where the next entry goes; the kernel learns of it when the ring is entered.
    private int tail;

    /// Whether the kernel reads the eventfd, or is about to.
    private boolean reads;

    /// Guarded by this object: a kick after the end would write to whatever has the descriptor then.
    private boolean closed;

    private Ring(LinuxCalls calls, RingCalls numbers, int futexFlags, int entries) throws BackendUnavailableException {
        this.calls = calls;
        this.numbers = numbers;
        this.futexFlags = futexFlags;
        this.entries = entries;
        MemorySegment params = Arena.ofAuto().allocate(PARAMS_BYTES, Long.BYTES);
        int cqEntries = 2 * entries;
        params.set(JAVA_INT, PARAMS_CQ_ENTRIES, cqEntries);
        params.set(JAVA_INT, PARAMS_FLAGS, FLAGS);
        ring = (int) calls.syscallForErrno(RingCalls.SETUP, params, entries, params.address(), 0, 0, 0, 0);
        if (ring < 0) {
            throw new SetupException(-ring);
        }
        sqHead = params.get(JAVA_INT, PARAMS_SQ_HEAD);
        sqTail = params.get(JAVA_INT, PARAMS_SQ_TAIL);
        cqHead = params.get(JAVA_INT, PARAMS_CQ_HEAD);
        cqTail = params.get(JAVA_INT, PARAMS_CQ_TAIL);
        cqes = params.get(JAVA_INT, PARAMS_CQES);
        cqMask = params.get(JAVA_INT, PARAMS_CQ_ENTRIES) - 1;
        MemorySegment rings = calls.map(ring, 0, cqes + CQE_BYTES * (cqMask + 1));
        MemorySegment sqes = calls.map(ring, SQES_OFFSET, SQE_BYTES * params.get(JAVA_INT, PARAMS_SQ_ENTRIES));
        event = (int) calls.syscall(numbers.eventfd(), NOT_HELD, 0, EFD_CLOEXEC, 0, 0, 0, 0);
        if (rings == null || sqes == null || event < 0) {
            release(rings, sqes);
            throw new BackendUnavailableException("io_uring: the binding " + calls.binding()
                    + " cannot map its memory, or the process has no memory or no descriptor left");
        }
        this.rings = rings;
        this.sqes = sqes;
        // A child of a fork that enters the ring in its copy of this memory would disturb it.
        advise(rings);
        advise(sqes);
        tail = rings.get(JAVA_INT, sqTail);
        block.set(JAVA_LONG, ONE, 1);
    }

    /// Opens a ring and tries it.
    ///
    /// @param futexFlags of futex2
    static Ring open(LinuxCalls calls, RingCalls numbers, int futexFlags) throws BackendUnavailableException {
        Ring ring;
        try {
            ring = new Ring(calls, numbers, futexFlags, ENTRIES);
        } catch (SetupException e) {
            if (e.errno != Errno.ENOMEM) {
                throw e;
            }
            ring = new Ring(calls, numbers, futexFlags, FEWEST_ENTRIES);
        }
        try {
            ring.tryOut();
            return ring;
        } catch (FutexException e) {
            ring.close();
            throw new BackendUnavailableException(String.valueOf(e.getMessage()));
        } catch (BackendUnavailableException | RuntimeException | Error e) {
            ring.close();
            throw e;
        }
    }

    /// Waits on a word of another value. A kernel before 6.7 does not know how.
    private void tryOut() throws BackendUnavailableException {
        Outcome[] outcome = new Outcome[1];
        boolean unused = offer(0, block.address() + TRIED, 1, -1);
        for (int i = 0; i < FEWEST_ENTRIES && outcome[0] == null; i++) {
            boolean unusedAll = run(NANOS_PER_SECOND, (id, how) -> outcome[0] = how);
        }
        if (outcome[0] != Outcome.CHANGED) {
            throw new BackendUnavailableException("io_uring: this kernel cannot wait on a futex in it; Linux 6.7 can");
        }
    }

    @Override
    public boolean offer(long id, long address, int expected, int mask) {
        MemorySegment sqe = next(OP_FUTEX_WAIT, futexFlags, address, id);
        if (sqe == null) {
            return false;
        }
        sqe.set(JAVA_LONG, SQE_OFFSET, expected & UNSIGNED);
        sqe.set(JAVA_LONG, SQE_ADDRESS_3, mask & UNSIGNED);
        return true;
    }

    @Override
    public boolean cancel(long id) {
        return next(OP_ASYNC_CANCEL, -1, id, CANCEL) != null;
    }

    @Override
    public boolean run(long nanos, Sink sink) {
        if (!reads) {
            MemorySegment sqe = append(OP_READ, event, block.address() + READ, KICK); // there is room: see next
            sqe.set(JAVA_INT, SQE_LENGTH, Long.BYTES);
            reads = true;
        }
        INT.setRelease(rings, sqTail, tail);
        block.set(JAVA_LONG, ARGUMENT_TIME, nanos == FutexBackend.FOREVER ? 0 : block.address() + TIME);
        block.set(JAVA_LONG, TIME, nanos / NANOS_PER_SECOND);
        block.set(JAVA_LONG, TIME + Long.BYTES, nanos % NANOS_PER_SECOND);
        long result = calls.syscallForErrno(
                RingCalls.ENTER,
                block,
                ring,
                waiting(),
                nanos == 0 ? 0 : 1,
                ENTER_GETEVENTS | ENTER_EXT_ARG,
                block.address() + ARGUMENT,
                ARGUMENT_BYTES);
        // The clock, a signal handler, no memory, or no room for what has ended before that is handed out.
        if (result < 0
                && result != -Errno.ETIME
                && result != -Errno.EINTR
                && result != -Errno.EAGAIN
                && result != -Errno.EBUSY) {
            throw refused("io_uring_enter", (int) -result);
        }
        handOut(sink);
        return waiting() == 0;
    }

    private void handOut(Sink sink) {
        int head = rings.get(JAVA_INT, cqHead);
        int end = (int) INT.getAcquire(rings, cqTail);
        while (head != end) {
            long cqe = cqes + CQE_BYTES * (head & cqMask);
            long id = rings.get(JAVA_LONG, cqe);
            int result = rings.get(JAVA_INT, cqe + CQE_RESULT);
            head++;
            INT.setRelease(rings, cqHead, head);
            if (id == KICK) {
                reads = false;
                if (result < 0 && result != -Errno.EINTR && result != -Errno.EAGAIN) {
                    throw refused("a read in io_uring", -result);
                }
            } else if (id != CANCEL) {
                sink.ended(id, outcome(result));
            } else if (result < 0 && result != -Errno.ENOENT && result != -Errno.EALREADY) {
                throw refused("a cancellation in io_uring", -result); // else the wait has ended already
            }
        }
    }

    private static Outcome outcome(int result) {
        return switch (-result) {
            case 0 -> Outcome.WOKEN;
            case Errno.EAGAIN -> Outcome.CHANGED;
            case Errno.ECANCELED -> Outcome.EARLY;
            default -> Outcome.FAILED;
        };
    }

    private static FutexException refused(String what, int errno) {
        return new FutexException(what + ": " + Errno.describe(errno));
    }

    /// How many entries the kernel has not taken yet.
    private int waiting() {
        return tail - (int) INT.getAcquire(rings, sqHead);
    }

    /// An entry for a wait or a cancellation; one is left for the eventfd, without which nobody could end a sleep.
    private @Nullable MemorySegment next(byte operation, int descriptor, long address, long userData) {
        return waiting() >= entries - 1 ? null : append(operation, descriptor, address, userData);
    }

    private MemorySegment append(byte operation, int descriptor, long address, long userData) {
        MemorySegment sqe = sqes.asSlice(SQE_BYTES * (tail & (entries - 1)), SQE_BYTES);
        var unused = sqe.fill((byte) 0);
        sqe.set(JAVA_BYTE, 0, operation);
        sqe.set(JAVA_INT, SQE_FD, descriptor);
        sqe.set(JAVA_LONG, SQE_ADDRESS, address);
        sqe.set(JAVA_LONG, SQE_USER_DATA, userData);
        tail++;
        return sqe;
    }

    @Override
    public synchronized void kick() {
        if (!closed) {
            long unused = calls.syscall(numbers.write(), block, event, block.address() + ONE, Long.BYTES, 0, 0, 0);
        }
    }

    @Override
    public String description() {
        return "io_uring of " + entries + " entries";
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            release(rings, sqes);
        }
    }

    private void release(@Nullable MemorySegment... maps) {
        for (MemorySegment map : maps) {
            if (map != null) {
                long unused = calls.syscall(numbers.munmap(), NOT_HELD, map.address(), map.byteSize(), 0, 0, 0, 0);
            }
        }
        for (int descriptor : new int[] {ring, event}) {
            if (descriptor >= 0) {
                long unused = calls.syscall(numbers.close(), NOT_HELD, descriptor, 0, 0, 0, 0, 0);
            }
        }
    }

    private void advise(MemorySegment map) {
        long unused = calls.syscall(numbers.madvise(), NOT_HELD, map.address(), map.byteSize(), MADV_DONTFORK, 0, 0, 0);
    }

    /// The kernel does not give a ring.
    private static final class SetupException extends BackendUnavailableException {
        private static final long serialVersionUID = 1L;

        final int errno;

        SetupException(int errno) {
            super("io_uring_setup: "
                    + switch (errno) {
                        case Errno.EPERM ->
                            "EPERM (1): a seccomp filter forbids it, as Docker's does, or"
                                    + " /proc/sys/kernel/io_uring_disabled";
                        case Errno.ENOMEM ->
                            "ENOMEM (12): the limit of locked memory, of this user in all processes, is" + " reached";
                        default -> Errno.describe(errno);
                    });
            this.errno = errno;
        }
    }
}
