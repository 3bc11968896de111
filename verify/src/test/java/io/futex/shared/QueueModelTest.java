package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.channel.ChannelClosedException;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.internal.Deadline;
import io.futex.memory.ModelScheduler;
import io.futex.sync.ModelBells;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A queue on modelled words: several producers and consumers, one of whom leaves by time, and one of whom is killed at
/// any of its accesses. Nothing is torn, doubled or lost, and nobody sleeps over anything.
@ExtendWith(Seed.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueModelTest {
    private static final int CAPACITY = 2;
    private static final int RECORDS = 3;
    private static final int MOST_ACCESSES = 60;

    /// Nobody needs to look for himself, so a wake that is missing shows.
    @Test
    void fourWithoutAKill() {
        run(Scale.of(1_500, 100_000), SharedQueue.Kind.MPMC, false, false);
    }

    /// One record for each, so that nobody comes back for what another one has slept over.
    @Test
    void eachTakesOne() {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + Scale.of(3_000, 200_000); seed++) {
            try {
                Play play = new Play(seed, SharedQueue.Kind.MPMC, false, false);
                play.records = 1;
                play.run();
                assertThat(play.taken).hasSize(2);
            } catch (Throwable e) {
                throw new AssertionError("with the seed " + seed, e);
            }
        }
    }

    @Test
    void fourOfWhomOneLeavesByTime() {
        run(Scale.of(1_000, 50_000), SharedQueue.Kind.MPMC, true, false);
    }

    @Test
    void fourOfWhomOneIsKilled() {
        run(Scale.of(1_500, 100_000), SharedQueue.Kind.MPMC, true, true);
    }

    @Test
    void twoWithoutAKill() {
        run(Scale.of(1_000, 50_000), SharedQueue.Kind.SPSC, false, false);
    }

    /// And followed by another one.
    @Test
    void twoOfWhomOneIsKilled() {
        run(Scale.of(1_500, 100_000), SharedQueue.Kind.SPSC, true, true);
    }

    private static void run(int runs, SharedQueue.Kind kind, boolean timed, boolean kills) {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + runs; seed++) {
            try {
                new Play(seed, kind, timed, kills).run();
            } catch (Throwable e) {
                throw new AssertionError("with the seed " + seed, e);
            }
        }
    }

    /// One run.
    private static final class Play {
        private final SplittableRandom random;
        private final ModelScheduler scheduler;
        private final MortalWords words;
        private final SharedQueue.Kind kind;
        private final boolean timed;
        private final int killed;

        private final Set<Integer> dead = new HashSet<>();
        private final Set<Integer> done = new HashSet<>();
        private final Set<Integer> written = new HashSet<>();
        private final Set<Integer> committed = new HashSet<>();
        private final List<Integer> taken = new ArrayList<>();
        private final Map<Integer, Integer> holders = new HashMap<>();
        private final int[] first = new int[CAPACITY];
        private final int[] second = new int[CAPACITY];
        private int records = RECORDS;
        private int lost;

        /// A consumer has seen the end.
        private boolean drained;

        Play(long seed, SharedQueue.Kind kind, boolean timed, boolean kills) {
            random = new SplittableRandom(seed);
            scheduler = new ModelScheduler(seed);
            words = new MortalWords((int) Ring.bytes(CAPACITY, Integer.BYTES), scheduler);
            this.kind = kind;
            this.timed = timed;
            killed = kills ? 1 + random.nextInt(4) : 0;
        }

        void run() {
            List<Runnable> tasks = new ArrayList<>(List.of(
                    () -> live(1, this::produce),
                    () -> live(2, this::produce),
                    () -> live(3, this::consume),
                    () -> live(4, this::consume),
                    this::end));
            if (timed) {
                tasks.add(this::passTime);
            }
            scheduler.run(tasks.toArray(new Runnable[0]));
            assertThat(taken).doesNotHaveDuplicates();
            assertThat(written).containsAll(taken);
            Set<Integer> missing = new HashSet<>(committed);
            missing.removeAll(taken);
            if (drained) {
                assertThat(missing).as("missing").hasSizeLessThanOrEqualTo(lost);
            }
        }

        private void live(int own, Life life) {
            try {
                if (kind == SharedQueue.Kind.SPSC && own % 2 == 0) {
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

        private Ring ring() {
            return new Ring(
                    words,
                    0,
                    CAPACITY,
                    Integer.BYTES,
                    dead::contains,
                    at -> kind == SharedQueue.Kind.SPSC
                            ? new BellWaits(ModelBells.at(words, at))
                            : new CountedWaits(words, at));
        }

        private void produce(int own, Ring ring) throws InterruptedException {
            int abandoned = records > 1 ? random.nextInt(records) : records;
            for (int i = 0; i < records; i++) {
                long claim = ring.producers.take(own, Deadline.FOREVER);
                int slot = hold(ring, claim, own);
                int value = own * 100 + i;
                first[slot] = value;
                scheduler.step();
                second[slot] = value;
                holders.remove(slot);
                if (i == abandoned) {
                    ring.abandon(claim, own);
                } else {
                    written.add(value);
                    ring.commit(claim, own);
                    committed.add(value);
                }
            }
        }

        private void consume(int own, Ring ring) throws InterruptedException {
            for (boolean leaves = timed && own == 3; ; ) {
                long position = ring.consumers.take(own, leaves ? System.nanoTime() + 1 : Deadline.FOREVER);
                if (position == QueueEnd.NONE) {
                    if (kind == SharedQueue.Kind.SPSC || random.nextBoolean()) {
                        return;
                    }
                    continue;
                }
                int slot = hold(ring, position, own);
                int value = first[slot];
                taken.add(value);
                scheduler.step();
                assertThat(second[slot]).isEqualTo(value);
                holders.remove(slot);
                ring.release(position, own);
                if (records == 1) {
                    return;
                }
            }
        }

        private int hold(Ring ring, long position, int own) {
            int slot = ring.index(position);
            Integer other = holders.put(slot, own);
            assertThat(other == null || dead.contains(other))
                    .as("%s beside %s", own, other)
                    .isTrue();
            return slot;
        }

        /// Once nobody is left at one of the ends; or at some time.
        private void end() {
            boolean early = records > 1 && random.nextInt(4) == 0;
            scheduler.block(
                    () -> early || (records > 1 && done.containsAll(Set.of(1, 2))) || done.containsAll(Set.of(3, 4)));
            ring().shutDown();
        }

        private void passTime() {
            while (done.size() < 4) {
                words.timeOutOne(Ring.ITEMS);
                words.timeOutOne(Ring.ROOM);
            }
        }
    }

    private interface Life {
        void live(int own, Ring ring) throws InterruptedException;
    }
}
