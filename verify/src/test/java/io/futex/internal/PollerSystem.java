package io.futex.internal;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.memory.MemoryChecks;
import io.futex.memory.ModelScheduler;
import io.futex.spi.AsyncWaits;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;

/// A kernel with one word, for the threads of one game: who sleeps there stands in one queue, be it a thread or an
/// entry of a ring.
final class PollerSystem implements FutexBackend {
    private final ModelScheduler scheduler;
    private final SplittableRandom random;
    private final MemorySegment word;

    /// How many entries a ring holds before the kernel takes them.
    private final int room;

    /// Whether it now and then has no memory for an entry.
    private final boolean poor;

    /// Calls of a ring until one is refused, as by a filter that comes late; for good.
    private int untilRefused;

    private final List<Sleeper> queue = new ArrayList<>();
    private int open;

    private static final class Sleeper {
        final Ring ring;
        final long id;
        final int mask;
        boolean roused;

        Sleeper(Ring ring, long id, int mask) {
            this.ring = ring;
            this.id = id;
            this.mask = mask;
        }
    }

    PollerSystem(ModelScheduler scheduler, SplittableRandom random, MemorySegment word) {
        this.scheduler = scheduler;
        this.random = random;
        this.word = word;
        room = 1 + random.nextInt(3);
        poor = random.nextInt(3) == 0;
        untilRefused = random.nextInt(4) == 0 ? 1 + random.nextInt(12) : Integer.MAX_VALUE;
    }

    boolean hasRefused() {
        return untilRefused <= 0;
    }

    /// Neither a ring nor a sleeper is left.
    boolean isQuiet() {
        return open == 0 && queue.isEmpty();
    }

    // ---- threads

    /// The native wait of a platform thread.
    void sleep(int expected) {
        scheduler.step();
        if (MemoryChecks.read(word, 0) == expected) {
            Sleeper sleeper = new Sleeper(null, 0, 1);
            queue.add(sleeper);
            scheduler.block(() -> sleeper.roused);
        }
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        scheduler.step();
        int woken = 0;
        for (int i = 0; i < queue.size() && woken < count; ) {
            Sleeper sleeper = queue.get(i);
            if ((sleeper.mask & mask) == 0) {
                i++;
                continue;
            }
            queue.remove(i);
            woken++;
            end(sleeper, Outcome.WOKEN);
        }
        return woken;
    }

    private static void end(Sleeper sleeper, Outcome how) {
        sleeper.roused = true;
        if (sleeper.ring != null) {
            sleeper.ring.ended.add(new Ended(sleeper.id, how));
        }
    }

    /// What a ring has left behind goes some time after it was closed, and takes wakes until then.
    void sweep() {
        scheduler.step();
        queue.removeIf(PollerSystem::isLeftBehind);
    }

    boolean hasLeftBehind() {
        return queue.stream().anyMatch(PollerSystem::isLeftBehind);
    }

    private static boolean isLeftBehind(Sleeper sleeper) {
        return sleeper.ring != null && sleeper.ring.closed;
    }

    // ---- the ring

    @Override
    public AsyncWaits openAsync(boolean shared) {
        open++;
        return new Ring();
    }

    private record Ended(long id, Outcome how) {}

    /// @param mask 0 to cancel
    private record Entry(long id, int expected, int mask) {}

    private final class Ring implements AsyncWaits {
        private final Queue<Entry> offered = new ArrayDeque<>();
        private final Queue<Ended> ended = new ArrayDeque<>();
        private boolean kicked;
        private boolean closed;

        @Override
        public boolean offer(long id, long address, int expected, int mask) {
            return offered.size() < room && offered.add(new Entry(id, expected, mask));
        }

        @Override
        public boolean cancel(long id) {
            return offered.size() < room && offered.add(new Entry(id, 0, 0));
        }

        @Override
        public boolean run(long nanos, Sink sink) {
            scheduler.step();
            if (--untilRefused <= 0) {
                throw new FutexException("io_uring_enter: as told");
            }
            while (!offered.isEmpty() && !(poor && random.nextInt(3) == 0)) {
                scheduler.step();
                take(offered.remove());
            }
            if (nanos > 0 && offered.isEmpty() && ended.isEmpty()) { // it does not sleep on what it could not take
                long end = nanos == FOREVER ? nanos : PollerSteps.nanoTime() + nanos;
                scheduler.block(
                        () -> kicked || !ended.isEmpty() || nanos < PollerGame.TICK || PollerSteps.nanoTime() >= end);
            }
            kicked = false;
            scheduler.step();
            while (!ended.isEmpty()) {
                Ended one = ended.remove();
                sink.ended(one.id, one.how);
            }
            return offered.isEmpty();
        }

        private void take(Entry entry) {
            if (entry.mask == 0) {
                for (Sleeper sleeper : queue) {
                    if (sleeper.ring == this && sleeper.id == entry.id) {
                        queue.remove(sleeper);
                        end(sleeper, Outcome.EARLY);
                        return;
                    }
                }
            } else if (MemoryChecks.read(word, 0) == entry.expected) {
                queue.add(new Sleeper(this, entry.id, entry.mask));
            } else {
                ended.add(new Ended(entry.id, Outcome.CHANGED));
            }
        }

        @Override
        public void kick() {
            scheduler.step();
            kicked = true;
        }

        @Override
        public String description() {
            return "a model";
        }

        @Override
        public void close() {
            closed = true;
            open--;
            scheduler.step();
        }
    }

    // ---- nobody asks

    @Override
    public String name() {
        return "model";
    }

    @Override
    public Set<Capability> capabilities(boolean shared) {
        return Set.of(Capability.PROCESS_SHARED, Capability.REPORTS_WOKEN_COUNT);
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        throw new AssertionError("no platform thread waits through the engine here");
    }
}
