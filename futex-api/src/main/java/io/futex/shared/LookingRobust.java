package io.futex.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.Liveness;
import io.futex.spi.RobustRecord;
import io.futex.spi.RobustSystem;
import io.futex.spi.RobustThread;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Where the system tells no lock of its owner's end: who waits looks at times whether the owner is still there. So all
/// who share a lock must do so, all under one emulator, or none.
///
/// The number of a thread may be given to another one later. So who has got a lock writes down when it was started; and
/// beside it the acquisition for which that was, for it may be killed in between, and stopped for as long as it likes.
final class LookingRobust implements RobustSystem {
    // Offsets in a record, behind the links.
    private static final long STARTED = 40;
    private static final long AT_COUNT = 48;
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final long PATIENCE_NANOS = 50_000_000;

    private final Liveness liveness;

    LookingRobust(Liveness liveness) {
        this.liveness = liveness;
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
        return new Looked(liveness.thread(), liveness.threadStart());
    }

    @Override
    public long patienceNanos() {
        return PATIENCE_NANOS;
    }

    @Override
    public boolean hasEnded(RobustRecord record, int owner) {
        MemorySegment memory = record.memory();
        boolean isKnown = (int) INT.getAcquire(memory, AT_COUNT) == memory.get(JAVA_INT, RobustMutex.COUNT);
        return liveness.hasEnded(owner, isKnown ? memory.get(JAVA_LONG, STARTED) : Liveness.UNKNOWN);
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
            INT.setRelease(memory, AT_COUNT, memory.get(JAVA_INT, RobustMutex.COUNT));
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
