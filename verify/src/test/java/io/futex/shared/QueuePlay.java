package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.channel.ChannelClosedException;
import io.futex.internal.Deadline;
import io.futex.memory.ModelScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/// One run of a queue on modelled words, which are all that it has: producers, consumers, one who shuts it down,
/// perhaps time, and perhaps a killer. Nothing is torn, doubled or lost, and nobody sleeps over anything.
final class QueuePlay {
    private static final int PATIENCE = 100;

    /// When the queue is shut down.
    enum Shutdown {
        /// Once all that was committed has been taken: whoever sleeps over something is not rescued by the end.
        WHEN_DRAINED,
        /// Likewise, nobody abandons anything, and a consumer goes for good once it has taken as many as a producer
        /// claims: nobody comes back for
        /// what another one sleeps over.
        WITH_QUOTAS,
        ANY_TIME
    }

    /// Who takes part. Producers have the numbers from 1, consumers those that follow.
    ///
    /// @param records what each producer claims
    /// @param timed whether the first consumer waits in time only, and may go for good then
    /// @param killed the number of one that is killed at one of its accesses; or 0
    /// @param left the number of one whose process leaves the queue at any time; or 0
    record Setup(
            SharedQueue.Kind kind,
            int producers,
            int consumers,
            int records,
            int capacity,
            Shutdown shutdown,
            boolean timed,
            int killed,
            int left) {
        static Setup mpmc(int producers, int consumers, int records, int capacity) {
            return new Setup(
                    SharedQueue.Kind.MPMC, producers, consumers, records, capacity, Shutdown.WHEN_DRAINED, false, 0, 0);
        }

        /// Of each end one at a time, and after it the next one.
        static Setup spsc(int producers, int consumers, int records, int capacity) {
            Setup m = mpmc(producers, consumers, records, capacity);
            return new Setup(SharedQueue.Kind.SPSC, producers, consumers, records, capacity, m.shutdown, false, 0, 0);
        }

        Setup withQuotas() {
            return new Setup(kind, producers, consumers, records, capacity, Shutdown.WITH_QUOTAS, timed, killed, left);
        }

        Setup shutAtAnyTime() {
            return new Setup(kind, producers, consumers, records, capacity, Shutdown.ANY_TIME, timed, killed, left);
        }

        Setup withTime() {
            return new Setup(kind, producers, consumers, records, capacity, shutdown, true, killed, left);
        }

        Setup kills(int who) {
            return new Setup(kind, producers, consumers, records, capacity, shutdown, timed, who, left);
        }

        Setup leaves(int who) {
            return new Setup(kind, producers, consumers, records, capacity, shutdown, timed, killed, who);
        }

        int parties() {
            return producers + consumers;
        }
    }

    private final Setup setup;
    private final QueueMistake mistake;
    private final SplittableRandom random;
    private final ModelScheduler scheduler;
    private final MortalWords words;
    private final int killedAt;

    private final int[] numbers;
    private final Set<Integer> dead = new HashSet<>();
    private final Set<Integer> done = new HashSet<>();
    private final Set<Integer> written = new HashSet<>();
    private final Set<Integer> committed = new HashSet<>();
    private final List<Integer> taken = new ArrayList<>();
    private final Map<Integer, Integer> holders = new HashMap<>();
    private final int[] first;
    private final int[] second;

    /// A consumer has seen the end.
    private boolean drained;

    /// @param seed of what the parties choose
    /// @param killedAt at which of its accesses the one is killed that is
    QueuePlay(Setup setup, QueueMistake mistake, long seed, ModelScheduler scheduler, int killedAt) {
        this.setup = setup;
        this.mistake = mistake;
        this.scheduler = scheduler;
        this.killedAt = killedAt;
        random = new SplittableRandom(seed);
        words = new MortalWords((int) Ring.bytes(setup.capacity, Integer.BYTES), scheduler);
        first = new int[setup.capacity];
        second = new int[setup.capacity];
        numbers = new int[setup.parties() + 1];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
    }

    /// @return whether the one that was to be killed was
    boolean run() {
        List<Runnable> tasks = new ArrayList<>();
        for (int i = 1; i <= setup.parties(); i++) {
            int own = i;
            boolean all = setup.shutdown == Shutdown.WITH_QUOTAS;
            int abandoned = all ? setup.records : random.nextInt(setup.records + 1);
            boolean leaves = random.nextBoolean();
            tasks.add(() -> live(
                    own, own > setup.producers ? this::consume : (n, ring) -> produce(n, ring, abandoned, leaves)));
        }
        tasks.add(this::shutDown);
        if (setup.killed == 0) {
            words.onlyWakes();
        }
        if (setup.timed || setup.killed != 0) {
            tasks.add(this::passTime);
        }
        if (setup.left != 0) {
            tasks.add(this::leave);
        }
        scheduler.run(tasks.toArray(new Runnable[0]));
        check();
        return !dead.isEmpty();
    }

    private void check() {
        assertThat(taken).doesNotHaveDuplicates();
        assertThat(written).containsAll(taken);
        Set<Integer> missing = new HashSet<>(committed);
        missing.removeAll(taken);
        if (drained) {
            assertThat(missing).as("missing").hasSizeLessThanOrEqualTo(mayBeLost());
        }
        for (int i = 0; i < setup.capacity; i++) {
            long slot = words.peekLong(Ring.SLOTS + i * Ring.stride(Integer.BYTES));
            int owner = (int) (slot & QueueEnd.OWNER);
            assertThat(owner == 0 || dead.contains(owner))
                    .as("slot %s is left to %s", i, owner)
                    .isTrue();
        }
    }

    /// With a consumer that was killed, or has left.
    private int mayBeLost() {
        return (setup.killed > setup.producers ? 1 : 0) + (setup.left > setup.producers ? 1 : 0);
    }

    // ---- the parties

    private interface Life {
        void live(int own, Ring ring) throws InterruptedException;
    }

    private void live(int own, Life life) {
        try {
            if (setup.kind == SharedQueue.Kind.SPSC && own != 1 && own != setup.producers + 1) {
                scheduler.block(() -> done.contains(own - 1)); // its successor
            }
            if (own == setup.killed) {
                words.kill(killedAt);
            }
            life.live(own, ring());
        } catch (MortalWords.Killed e) {
            dead.add(own);
        } catch (ChannelClosedException e) {
            drained |= own > setup.producers;
        } catch (IllegalStateException e) {
            assertThat(own).as(e.toString()).isEqualTo(setup.left);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            done.add(own);
        }
    }

    private Ring ring() {
        return mistake.ring(words, setup.capacity, setup.kind, dead::contains);
    }

    private int number(int own) {
        return mistake == QueueMistake.LEFT_UNSEEN ? own : numbers[own];
    }

    private void produce(int own, Ring ring, int abandoned, boolean leaves) throws InterruptedException {
        for (int i = 0; i < setup.records; i++) {
            long claim = ring.producers.take(() -> number(own), Deadline.FOREVER);
            int slot = hold(ring, claim, own);
            int value = own * 100 + i;
            if (i == abandoned) {
                write(slot, own, value);
                holders.remove(slot, own);
                if (leaves && own != setup.left) {
                    ring.sweep(own); // as who closes the queue does
                } else {
                    mistake.abandon(ring, claim, own);
                }
                continue;
            }
            written.add(value);
            if (mistake == QueueMistake.FULL_BEFORE_WRITTEN) {
                ring.commit(claim, own);
            }
            write(slot, own, value);
            holders.remove(slot, own);
            if (mistake != QueueMistake.FULL_BEFORE_WRITTEN) {
                ring.commit(claim, checked(own));
            }
            committed.add(value);
        }
    }

    /// As the queue has it.
    private int checked(int own) {
        if (numbers[own] == 0) {
            throw new IllegalStateException("has left");
        }
        return own;
    }

    /// A thread that goes on to write when its process has left is mistaken.
    private void write(int slot, int own, int value) {
        first[slot] = numbers[own] == 0 ? first[slot] : value;
        scheduler.step();
        second[slot] = numbers[own] == 0 ? second[slot] : value;
    }

    private void consume(int own, Ring ring) throws InterruptedException {
        boolean timed = setup.timed && own == setup.producers + 1;
        if (timed) {
            words.mayTimeOut();
        }
        int mine = 0;
        for (long last = QueueEnd.NONE; ; ) {
            long position = ring.consumers.take(() -> number(own), timed ? System.nanoTime() + 1 : Deadline.FOREVER);
            if (position == QueueEnd.NONE) {
                if (setup.kind == SharedQueue.Kind.SPSC || random.nextBoolean()) {
                    return;
                }
                continue;
            }
            assertThat(position).isGreaterThan(last);
            last = position;
            int slot = hold(ring, position, own);
            if (mistake == QueueMistake.FREE_BEFORE_READ) {
                holders.remove(slot, own);
                ring.release(position, own);
                scheduler.step();
            }
            int value = first[slot];
            taken.add(value);
            scheduler.step();
            assertThat(numbers[own] == 0 || second[slot] == value).as("whole").isTrue();
            if (mistake != QueueMistake.FREE_BEFORE_READ) {
                holders.remove(slot, own);
                ring.release(position, own);
            }
            if (setup.shutdown == Shutdown.WITH_QUOTAS && ++mine == setup.records) {
                return;
            }
        }
    }

    private int hold(Ring ring, long position, int own) {
        int slot = ring.index(position);
        Integer other = holders.put(slot, own);
        assertThat(other == null || dead.contains(other) || numbers[other] == 0)
                .as("%s beside %s", own, other)
                .isTrue();
        return slot;
    }

    private void shutDown() {
        if (setup.shutdown == Shutdown.ANY_TIME) {
            scheduler.step();
        } else {
            scheduler.block(() -> areDone(setup.producers, setup.parties())
                    || (areDone(0, setup.producers) && taken.size() + mayBeLost() >= committed.size()));
        }
        ring().shutDown();
        scheduler.block(() -> areDone(0, setup.parties()));
        if (setup.kind == SharedQueue.Kind.MPMC) {
            Ring ring = ring();
            for (long at : new long[] {Ring.ITEMS, Ring.ROOM}) {
                // The first may find, and wake for the last time, who was killed in its sleep.
                for (int i = 0; i < 2; i++) {
                    (at == Ring.ITEMS ? ring.consumers : ring.producers).waits.signal();
                }
                assertThat((int) words.peekLong(at + CountedWaits.SLEEPERS))
                        .as("who is counted")
                        .isZero();
            }
        }
    }

    private boolean areDone(int after, int last) {
        for (int i = after + 1; i <= last; i++) {
            if (!done.contains(i)) {
                return false;
            }
        }
        return true;
    }

    private void leave() {
        scheduler.step();
        if (!done.contains(setup.left)) {
            numbers[setup.left] = 0;
            ring().sweep(setup.left);
        }
    }

    /// So many times and no more: whoever is in want of more than that is stuck.
    private void passTime() {
        for (int left = setup.killed == 0 ? 4 : PATIENCE; left > 0; left--) {
            scheduler.block(
                    () -> areDone(0, setup.parties()) || words.sleepers(Ring.ITEMS) + words.sleepers(Ring.ROOM) > 0);
            words.timeOutOne(Ring.ITEMS);
            words.timeOutOne(Ring.ROOM);
        }
    }
}
