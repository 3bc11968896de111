package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.RobustRecord;
import io.futex.spi.RobustSystem;
import io.futex.spi.RobustThread;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Where the kernel has no robust lists, such as an emulator's: who waits looks at times whether the owner is still
/// there. So all who share a lock must do so: under the emulator, or outside.
///
/// A thread id may be given to another thread later. So who has got a lock writes down when it was started, in ticks
/// since boot, which no step of the wall clock changes; and beside it the acquisition for which that was, for it may be
/// killed in between, and stopped for as long as it likes.
final class LookingRobust implements RobustSystem {
    // Offsets in a record, behind the links.
    private static final long STARTED = 40;
    private static final long AT_COUNT = 48;
    private static final long COUNT = 4;
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final long PATIENCE_NANOS = 50_000_000;

    /// Of proc_pid_stat(5), counted from the one after the name, which may hold anything.
    private static final int STATE = 0;
    private static final int START_TIME = 22 - 3;

    private static final long UNKNOWN = -1;

    private final LinuxCalls calls;
    private final RobustNumbers numbers;

    private LookingRobust(LinuxCalls calls, RobustNumbers numbers) {
        this.calls = calls;
        this.numbers = numbers;
    }

    /// By a thread that is not its process's first, whose number is easily taken for the process's.
    ///
    /// @param why there is no better way
    static LookingRobust create(LinuxCalls calls, RobustNumbers numbers, String why)
            throws BackendUnavailableException {
        LookingRobust robust = new LookingRobust(calls, numbers);
        int me = robust.threadId();
        if (!robust.exists(me) || startTime(me) == UNKNOWN) {
            throw new BackendUnavailableException(why + "; and /proc does not tell of threads");
        }
        return robust;
    }

    private static final class Plain extends RobustRecord {
        Plain(MemorySegment memory) {
            super(memory);
        }
    }

    @Override
    public RobustRecord record(MemorySegment memory) {
        return new Plain(memory);
    }

    @Override
    public RobustThread thread() {
        int me = threadId();
        return new Looked(me, startTime(me));
    }

    @Override
    public long patienceNanos() {
        return PATIENCE_NANOS;
    }

    @Override
    public boolean hasEnded(RobustRecord record, int owner) {
        if (!exists(owner)) {
            return true;
        }
        MemorySegment memory = record.memory();
        long started = startTime(owner);
        return started != UNKNOWN
                && (int) INT.getAcquire(memory, AT_COUNT) == memory.get(JAVA_INT, COUNT)
                && memory.get(JAVA_LONG, STARTED) != started;
    }

    private int threadId() {
        return (int) calls.syscall(numbers.gettid(), MemorySegment.NULL, 0, 0, 0, 0, 0, 0);
    }

    /// By a signal that is none: what is not ours to see in /proc may be there all the same.
    private boolean exists(int thread) {
        return calls.syscallForErrno(numbers.tkill(), MemorySegment.NULL, thread, 0, 0, 0, 0, 0) != -Errno.ESRCH;
    }

    /// Zero for one that has ended and is not gone yet.
    private static long startTime(int thread) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(thread), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields[STATE].equals("Z") || fields[STATE].equals("X") ? 0 : Long.parseLong(fields[START_TIME]);
        } catch (IOException | RuntimeException e) {
            return UNKNOWN;
        }
    }

    /// Nobody reads a list of these; it is for the thread alone.
    private static final class Looked implements RobustThread {
        private final int id;
        private final long started;
        private RobustRecord[] linked = new RobustRecord[8];
        private int count;
        private boolean pending;

        Looked(int id, long started) {
            this.id = id;
            this.started = started;
        }

        @Override
        public int id() {
            return id;
        }

        @Override
        public void begin(RobustRecord record) {
            pending = true;
        }

        @Override
        public boolean isPending() {
            return pending;
        }

        @Override
        public void end() {
            pending = false;
        }

        @Override
        public void link(RobustRecord record) {
            if (count == linked.length) {
                linked = Arrays.copyOf(linked, 2 * count);
            }
            MemorySegment memory = record.memory();
            memory.set(JAVA_LONG, STARTED, started);
            INT.setRelease(memory, AT_COUNT, memory.get(JAVA_INT, COUNT));
            linked[count++] = record;
            pending = false;
        }

        @Override
        public boolean unlink(RobustRecord record) {
            int index = indexOf(record);
            if (index < 0) {
                return false;
            }
            pending = true;
            count--;
            System.arraycopy(linked, index + 1, linked, index, count - index);
            linked[count] = record; // any: it is overwritten
            return true;
        }

        @Override
        public boolean isLinked(RobustRecord record) {
            return indexOf(record) >= 0;
        }

        @Override
        public boolean hasLinked() {
            return count != 0;
        }

        private int indexOf(RobustRecord record) {
            for (int i = count - 1; i >= 0; i--) {
                if (linked[i].memory().address() == record.memory().address()) {
                    return i;
                }
            }
            return -1;
        }
    }
}
