package io.futex.process;

import io.futex.shared.RegionLayout;
import io.futex.shared.SharedRegion;
import io.futex.sync.Barrier;
import io.futex.sync.PMutex;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// One of several processes that share regions.
public final class RegionProgram {
    /// Where the racers meet.
    static final String GATE = "gate";

    /// What they race for.
    static final RegionLayout PRIZE = RegionLayout.builder()
            .word("creators")
            .word("racers")
            .bytes("data", 100_000, 64)
            .build();

    /// One slot of each kind.
    static final RegionLayout ALL = RegionLayout.builder()
            .word("word")
            .mutex("mutex")
            .condition("condition", "mutex")
            .rwMutex("rwMutex")
            .semaphore("semaphore", 1)
            .waitGroup("waitGroup")
            .once("once")
            .event("auto", true)
            .event("manual", false)
            .barrier("barrier", 2)
            .parker("parker")
            .doorbell("doorbell")
            .bytes("bytes", 8, 8)
            .build();

    private RegionProgram() {}

    /// @param arguments the folder, what to do, and its numbers
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        switch (arguments[1]) {
            case "race" -> race(folder, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            case "create" -> create(folder);
            case "share" -> share(folder);
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    static RegionLayout gate(int racers) {
        return RegionLayout.builder().barrier(GATE, racers).build();
    }

    static void race(Path folder, int racers, int rounds) throws Exception {
        try (SharedRegion start = SharedRegion.createOrAttach(folder.resolve(GATE), gate(racers))) {
            Barrier gate = start.barrier(GATE);
            for (int round = 0; round < rounds; round++) {
                var unused = gate.await();
                try (SharedRegion region = SharedRegion.createOrAttach(folder.resolve("prize" + round), PRIZE)) {
                    int unusedBefore = region.word("racers").getAndIncrement();
                    if (region.isCreator()) {
                        int unusedOthers = region.word("creators").getAndIncrement();
                    }
                }
            }
        }
    }

    /// Says that it is about to make one, waits until somebody looks on, and makes it.
    private static void create(Path folder) throws IOException {
        SharedRegion.createOrAttach(folder.resolve("warm-up"), PRIZE).close();
        System.out.println("ready");
        int unused = System.in.read();
        SharedRegion.createOrAttach(folder.resolve("prize"), PRIZE).close();
        Runtime.getRuntime().halt(0);
    }

    /// The other half of [RegionTest].
    private static void share(Path folder) throws Exception {
        try (SharedRegion region = SharedRegion.attach(folder.resolve("all"), ALL)) {
            region.word("word").set(1);
            int unused = region.word("word").wakeAll();
            PMutex mutex = region.mutex("mutex");
            mutex.lock();
            try {
                while (region.slot("bytes").get(ValueLayout.JAVA_INT, 0) == 0) {
                    region.condition("condition").await();
                }
                region.slot("bytes").set(ValueLayout.JAVA_INT, 4, 1);
                region.condition("condition").signal();
            } finally {
                mutex.unlock();
            }
            region.rwMutex("rwMutex").writeLock().lock();
            try {
                region.word("word").set(2);
                region.semaphore("semaphore").release();
                region.semaphore("semaphore").acquire(3);
            } finally {
                region.rwMutex("rwMutex").writeLock().unlock();
            }
            region.once("once").run(() -> region.word("word").set(3));
            region.event("auto").set();
            region.event("manual").await();
            var unusedRank = region.barrier("barrier").await();
            region.parker("parker").unpark();
            region.word("word").set(4);
            region.doorbell("doorbell").ring();
            region.waitGroup("waitGroup").done();
        }
    }
}
