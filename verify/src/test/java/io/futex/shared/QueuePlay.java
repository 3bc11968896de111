package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import io.futex.channel.ChannelClosedException;
import io.futex.internal.Deadline;
import io.futex.memory.ModelScheduler;
import io.futex.memory.Words;
import io.futex.sync.ModelBells;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/// A run of two producers and two consumers on the product's own code, and one who shuts the queue down: at some time,
/// or once all that was committed was taken. So nobody is woken by that end who was slept over before.
final class QueuePlay {
    /// What may be wrong.
    enum Mistake {
        NONE,
        /// Who has taken something tells nobody of what is next.
        PASSES_NOTHING_ON,
        ABANDONS_WITHOUT_TELLING_CONSUMERS,
        ABANDONS_WITHOUT_TELLING_PRODUCERS,
        COMMITS_WITHOUT_TELLING,
        RELEASES_WITHOUT_TELLING,
        TELLS_BEFORE_IT_COMMITS,
        SHUTS_DOWN_FOR_ONE,
        /// A sleeper counts itself after its question.
        COUNTS_LATE,
        /// A sleeper reads the turn after its question.
        READS_THE_TURN_LATE,
        /// Lets go of the record, and reads on.
        RELEASES_EARLY,
        /// Gives the record to the consumers, and writes on.
        COMMITS_EARLY,
        /// Takes whom it waits for to be dead.
        BURIES_THE_LIVING
    }

    /// What is played.
    ///
    /// @param records of each producer
    /// @param timed whether the first consumer waits for a time, and everybody's time may be over
    /// @param kills whether one of the four is killed
    record Form(SharedQueue.Kind kind, int capacity, int records, boolean timed, boolean kills) {}

    private interface Life {
        void live(int own, Ring ring) throws InterruptedException;
    }

    private static final int MOST_ACCESSES = 60;

    private final Form form;
    private final Mistake mistake;
    private final SplittableRandom random;
    private final ModelScheduler scheduler;
    private final MortalWords words;
    private final int killed;

    private final Set<Integer> dead = new HashSet<>();
    private final Set<Integer> done = new HashSet<>();
    private final Set<Integer> written = new HashSet<>();
    private final Set<Integer> committed = new HashSet<>();
    private final List<Integer> taken = new ArrayList<>();
    private final Map<Integer, Integer> holders = new HashMap<>();
    private final int[] first;
    private final int[] second;
    private int lost;

    /// A consumer has seen the end.
    private boolean drained;

    QueuePlay(long seed, Form form, Mistake mistake) {
        this.form = form;
        this.mistake = mistake;
        random = new SplittableRandom(seed);
        scheduler = new ModelScheduler(seed);
        words = new MortalWords((int) Ring.bytes(form.capacity, Integer.BYTES), scheduler);
        killed = form.kills ? 1 + random.nextInt(4) : 0;
        first = new int[form.capacity];
        second = new int[form.capacity];
    }

    void run() {
        List<Runnable> tasks = new ArrayList<>(List.of(
                () -> live(1, this::produce),
                () -> live(2, this::produce),
                () -> live(3, this::consume),
                () -> live(4, this::consume),
                this::end));
        if (form.timed) {
            tasks.add(this::passTime);
        }
        scheduler.run(tasks.toArray(new Runnable[0]));
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(written).containsAll(taken);
        if (drained) {
            assertThat(missing()).as("missing").isLessThanOrEqualTo(lost);
        }
    }

    private int missing() {
        Set<Integer> missing = new HashSet<>(committed);
        taken.forEach(missing::remove);
        return missing.size();
    }

    private void live(int own, Life life) {
        try {
            if (form.kind == SharedQueue.Kind.SPSC && own % 2 == 0) {
                scheduler.block(() -> done.contains(own - 1)); // its successor
            }
            if (own == killed) {
                words.kill(1 + random.nextInt(MOST_ACCESSES));
            }
            life.live(own, ring());
        } catch (MortalWords.Killed e) {
            dead.add(own);
            lost += own > 2 ? 1 : 0;
        } catch (ChannelClosedException e) {
            drained |= own > 2;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            done.add(own);
        }
    }

    private void produce(int own, Ring ring) throws InterruptedException {
        int abandoned = form.records > 1 ? random.nextInt(form.records) : form.records;
        for (int i = 0; i < form.records; i++) {
            long claim = ring.producers.take(own, Deadline.FOREVER);
            int slot = hold(ring, claim, own);
            int value = own * 100 + i;
            boolean early = mistake == Mistake.COMMITS_EARLY && i != abandoned;
            first[slot] = value;
            if (early) {
                written.add(value);
                ring.commit(claim, own);
                committed.add(value);
            }
            scheduler.step();
            second[slot] = value;
            holders.remove(slot, own);
            if (i == abandoned) {
                abandon(ring, claim, own);
            } else if (!early) {
                written.add(value);
                commit(ring, claim, own);
                committed.add(value);
            }
        }
    }

    private void consume(int own, Ring ring) throws InterruptedException {
        for (boolean leaves = form.timed && own == 3; ; ) {
            long position = ring.consumers.take(own, leaves ? System.nanoTime() + 1 : Deadline.FOREVER);
            if (position == QueueEnd.NONE) {
                if (form.kind == SharedQueue.Kind.SPSC || random.nextBoolean()) {
                    return;
                }
                continue;
            }
            int slot = hold(ring, position, own);
            int value = first[slot];
            taken.add(value);
            if (mistake == Mistake.RELEASES_EARLY) {
                holders.remove(slot, own);
                ring.release(position, own);
            }
            scheduler.step();
            assertThat(second[slot]).as("the other half").isEqualTo(value);
            if (mistake != Mistake.RELEASES_EARLY) {
                holders.remove(slot, own);
                release(ring, position, own);
            }
            if (form.records == 1) {
                return;
            }
        }
    }

    private int hold(Ring ring, long position, int own) {
        int slot = ring.index(position);
        Integer other = holders.put(slot, own);
        assertThat(other == null || dead.contains(other) || mistake == Mistake.COMMITS_EARLY)
                .as("%s beside %s", own, other)
                .isTrue();
        return slot;
    }

    private void end() {
        boolean early = form.records > 1 && random.nextInt(4) == 0;
        scheduler.block(() -> early || isServed() || done.containsAll(Set.of(3, 4)));
        ring().shutDown();
    }

    private boolean isServed() {
        return form.records > 1 && done.containsAll(Set.of(1, 2)) && missing() <= lost;
    }

    private void passTime() {
        while (done.size() < 4) {
            words.timeOutOne(Ring.ITEMS);
            words.timeOutOne(Ring.ROOM);
        }
    }

    // ---- the product, or a mistake

    private Ring ring() {
        return new Ring(
                words,
                0,
                form.capacity,
                Integer.BYTES,
                mistake == Mistake.BURIES_THE_LIVING ? number -> true : dead::contains,
                at -> new Mistaken(waits(at)));
    }

    private QueueWaits waits(long at) {
        if (form.kind == SharedQueue.Kind.SPSC) {
            return new BellWaits(ModelBells.at(words, at));
        }
        return switch (mistake) {
            case COUNTS_LATE, READS_THE_TURN_LATE -> new LateWaits(new CountedWaits(words, at), words, at);
            default -> new CountedWaits(words, at);
        };
    }

    private void commit(Ring ring, long claim, int own) {
        switch (mistake) {
            case COMMITS_WITHOUT_TELLING -> finish(ring.producers, claim, own, 2);
            case TELLS_BEFORE_IT_COMMITS -> {
                ring.consumers.waits.signal();
                finish(ring.producers, claim, own, 2);
            }
            default -> ring.commit(claim, own);
        }
    }

    private void abandon(Ring ring, long claim, int own) {
        switch (mistake) {
            case ABANDONS_WITHOUT_TELLING_CONSUMERS -> {
                finish(ring.producers, claim, own, Ring.PHASES);
                ring.producers.waits.signal();
            }
            case ABANDONS_WITHOUT_TELLING_PRODUCERS -> {
                finish(ring.producers, claim, own, Ring.PHASES);
                ring.consumers.waits.signal();
            }
            default -> ring.abandon(claim, own);
        }
    }

    private void release(Ring ring, long position, int own) {
        if (mistake == Mistake.RELEASES_WITHOUT_TELLING) {
            finish(ring.consumers, position, own, 2);
        } else {
            ring.release(position, own);
        }
    }

    private static void finish(QueueEnd end, long position, int own, int phases) {
        end.finish(position, own, phases);
    }

    private final class Mistaken implements QueueWaits {
        private final QueueWaits right;

        Mistaken(QueueWaits right) {
            this.right = right;
        }

        @Override
        public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
            return right.await(ready, deadline);
        }

        @Override
        public void signal() {
            right.signal();
        }

        @Override
        public void signalAll() {
            if (mistake == Mistake.SHUTS_DOWN_FOR_ONE) {
                right.signal();
            } else {
                right.signalAll();
            }
        }

        @Override
        public void passOn(BooleanSupplier ready) {
            if (mistake != Mistake.PASSES_NOTHING_ON) {
                right.passOn(ready);
            }
        }
    }

    /// Sleeps as [CountedWaits] does, but for the order of its steps.
    private final class LateWaits implements QueueWaits {
        private final CountedWaits right;
        private final Words at;
        private final long turn;

        LateWaits(CountedWaits right, Words at, long turn) {
            this.right = right;
            this.at = at;
            this.turn = turn;
        }

        @Override
        public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
            boolean counts = mistake != Mistake.COUNTS_LATE;
            if (counts) {
                int unused = at.getAndAdd(turn + 4, 1);
            }
            try {
                for (boolean over = false; ; ) {
                    int seen = at.get(turn);
                    if (ready.getAsBoolean()) {
                        return true;
                    }
                    if (over) {
                        return false;
                    }
                    if (mistake == Mistake.READS_THE_TURN_LATE) {
                        seen = at.get(turn);
                    }
                    if (!counts) {
                        counts = true;
                        int unused = at.getAndAdd(turn + 4, 1);
                    }
                    over = at.await(turn, seen, deadline, true) == WaitResult.TIMED_OUT;
                }
            } finally {
                if (counts) {
                    int unused = at.getAndAdd(turn + 4, -1);
                }
            }
        }

        @Override
        public void signal() {
            right.signal();
        }

        @Override
        public void signalAll() {
            right.signalAll();
        }

        @Override
        public void passOn(BooleanSupplier ready) {
            right.passOn(ready);
        }
    }
}
