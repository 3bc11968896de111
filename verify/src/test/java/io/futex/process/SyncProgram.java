package io.futex.process;

import io.futex.contract.Await;
import io.futex.sync.Barrier;
import io.futex.sync.PCondition;
import io.futex.sync.PMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// One of several processes that share a mutex, a condition and a barrier in a mapped file. `sync.c` is another one, on
/// the same places.
public final class SyncProgram {
    /// 4 bytes.
    static final long MUTEX = 256;
    /// 16 bytes.
    static final long CONDITION = 260;
    /// 8 bytes.
    static final long BARRIER = 320;
    /// A long that the mutex guards.
    static final long COUNTER = 512;
    /// An int that the mutex guards.
    static final long TURN = 520;
    /// One int for each party, or each of two who count.
    static final long ARRIVALS = 640;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment memory;
    private final PMutex mutex;
    private final PCondition condition;

    SyncProgram(MemorySegment memory) {
        this.memory = memory;
        mutex = PMutex.shared(memory, MUTEX);
        condition = PCondition.shared(memory, CONDITION, mutex);
    }

    /// @param arguments the file, what to do, and its numbers
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            SyncProgram program = new SyncProgram(PingPongProgram.map(Path.of(arguments[0]), arena));
            int times = Integer.parseInt(arguments[2]);
            switch (arguments[1]) {
                case "count" -> program.count(times, Integer.parseInt(arguments[3]));
                case "hold" -> program.hold();
                case "turns" ->
                    program.takeTurns(times, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
                case "meet" -> program.meet(times, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
                case "join" -> Barrier.shared(program.memory, BARRIER, times).await();
                case "reset" -> Barrier.shared(program.memory, BARRIER, times).reset();
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        }
    }

    /// Counts up, by a plain read and a plain write, until both have counted so often.
    ///
    /// @param own 0 or 1
    void count(int times, int own) {
        for (boolean enough = false; !enough; ) {
            mutex.lock();
            try {
                addToCounter(1);
                int counted = memory.get(ValueLayout.JAVA_INT, ARRIVALS + 4L * own);
                memory.set(ValueLayout.JAVA_INT, ARRIVALS + 4L * own, counted + 1);
                enough = counted(0) >= times && counted(1) >= times;
            } finally {
                mutex.unlock();
            }
        }
    }

    /// How often one of two has counted.
    int counted(int which) {
        return (int) INT.getVolatile(memory, ARRIVALS + 4L * which);
    }

    private void addToCounter(int what) {
        memory.set(ValueLayout.JAVA_LONG, COUNTER, memory.get(ValueLayout.JAVA_LONG, COUNTER) + what);
    }

    /// Counts, and once more when it is told to, all in one section.
    void hold() {
        mutex.lock();
        try {
            addToCounter(1);
            Await.until("told to go on", () -> (int) INT.getVolatile(memory, TURN) != 0);
            addToCounter(1);
        } finally {
            mutex.unlock();
        }
    }

    /// Tells who holds to go on.
    void letGo() {
        INT.setVolatile(memory, TURN, 1);
    }

    /// Takes every turn that is `own` modulo `players`.
    void takeTurns(int turns, int own, int players) throws InterruptedException {
        for (int turn = own; turn < turns; turn += players) {
            mutex.lock();
            try {
                while (memory.get(ValueLayout.JAVA_INT, TURN) != turn) {
                    condition.await();
                }
                memory.set(ValueLayout.JAVA_INT, TURN, turn + 1);
                if (players == 2) {
                    condition.signal();
                } else {
                    condition.signalAll();
                }
            } finally {
                mutex.unlock();
            }
        }
    }

    /// Meets the others so often, and looks that nobody is ahead.
    ///
    /// @return how often this one was the leader
    int meet(int generations, int own, int parties) throws Exception {
        Barrier barrier = Barrier.shared(memory, BARRIER, parties);
        int led = 0;
        for (int g = 1; g <= generations; g++) {
            memory.set(ValueLayout.JAVA_INT, ARRIVALS + 4L * own, g);
            if (barrier.await() == 0) {
                led++;
            }
            for (int other = 0; other < parties; other++) {
                int arrival = memory.get(ValueLayout.JAVA_INT, ARRIVALS + 4L * other);
                if (arrival != g && arrival != g + 1) {
                    throw new AssertionError(other + " is at " + arrival + ", " + own + " at " + g);
                }
            }
        }
        mutex.lock();
        try {
            addToCounter(led);
        } finally {
            mutex.unlock();
        }
        return led;
    }
}
