package io.futex.process;

import io.futex.sync.Doorbell;
import io.futex.sync.Once;
import io.futex.sync.Parker;
import io.futex.sync.WaitGroup;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// The other side of the tests of wait groups, onces, parkers and doorbells: one of several processes over a mapped
/// file.
public final class RoundsProgram {
    static final long FORTH = 0;
    static final long BACK = 64;
    static final long ONCE = 128;
    static final long ONCE_BACK = 192;
    static final long OWN_PARKER = 256;
    static final long OTHER_PARKER = 320;
    static final long OWN_BELL = 384;
    static final long OTHER_BELL = 448;

    /// From a bell to what was published.
    static final long BESIDE = 4;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private RoundsProgram() {}

    /// @param arguments the file, which of the parts below, and how many rounds
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = PingPongProgram.map(Path.of(arguments[0]), arena);
            int rounds = Integer.parseInt(arguments[2]);
            switch (arguments[1]) {
                case "group" -> group(memory, rounds);
                case "once" -> once(memory);
                case "parker" -> parker(memory, rounds, OTHER_PARKER, OWN_PARKER);
                case "bell" -> bell(memory, rounds, OTHER_BELL, OWN_BELL);
                case "sleep" -> sleepByBell(memory);
                case "ring" -> ringBell(memory, rounds);
                default -> throw new IllegalArgumentException(arguments[1]);
            }
        }
    }

    /// Waits for the round of one group, begins its next, and ends that of the other.
    private static void group(MemorySegment memory, int rounds) throws InterruptedException {
        WaitGroup forth = WaitGroup.shared(memory, FORTH);
        WaitGroup back = WaitGroup.shared(memory, BACK);
        for (int i = 0; i < rounds; i++) {
            forth.await();
            forth.add(1);
            PermitProgram.count(memory, 2 * i + 1);
            back.done();
        }
    }

    /// Waits for a body, and then is one of those who may run another.
    private static void once(MemorySegment memory) {
        Once.shared(memory, ONCE).run(() -> PermitProgram.count(memory, -1));
        Once.shared(memory, ONCE_BACK).run(() -> PermitProgram.count(memory, -1));
    }

    static void parker(MemorySegment memory, int rounds, long own, long other) {
        Parker mine = Parker.shared(memory, own);
        Parker theirs = Parker.shared(memory, other);
        for (int i = 0; i < rounds; i++) {
            mine.parkUninterruptibly();
            PermitProgram.count(memory, -1);
            theirs.unpark();
        }
    }

    /// Each waits by its own bell until the number beside it has been counted up, and then does so with the other's.
    static void bell(MemorySegment memory, int rounds, long own, long other) throws InterruptedException {
        Doorbell mine = Doorbell.shared(memory, own);
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            mine.await(() -> number(memory, own) == round);
            PermitProgram.count(memory, -1);
            ring(memory, other, round);
        }
    }

    /// Sleeps for something that never comes.
    private static void sleepByBell(MemorySegment memory) {
        Doorbell.shared(memory, OTHER_BELL).awaitUninterruptibly(() -> number(memory, OTHER_BELL) == -1);
    }

    /// Counts up, and rings, so many times.
    private static void ringBell(MemorySegment memory, int times) {
        Doorbell bell = Doorbell.shared(memory, OTHER_BELL);
        for (int i = 0; i < times; i++) {
            int unused = (int) INT.getAndAdd(memory, OTHER_BELL + BESIDE, 1);
            bell.ring();
        }
    }

    /// What was published beside a bell, plainly.
    static int number(MemorySegment memory, long bell) {
        return memory.get(ValueLayout.JAVA_INT, bell + BESIDE);
    }

    static void ring(MemorySegment memory, long bell, int number) {
        INT.setRelease(memory, bell + BESIDE, number);
        Doorbell.shared(memory, bell).ring();
    }
}
