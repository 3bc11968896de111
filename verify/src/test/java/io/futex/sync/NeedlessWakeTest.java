package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Where nobody waits nobody is woken, in shared words either, where each wake is a system call; and what is said to be
/// one write is one.
class NeedlessWakeTest {
    private int wakes;
    private int writes;

    @Test
    void parker() {
        Parker parker = new Parker(new Counting(), 0);
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(parker::unpark)).isOne();
            parker.unpark();
            parker.park();
            assertThat(parker.park(0, TimeUnit.DAYS)).isFalse();
        }
        assertThat(wakes).isZero();
    }

    /// Who rings for nobody only looks.
    @Test
    void doorbell() throws Exception {
        Doorbell bell = new Doorbell(new Counting(), 0);
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(bell::ring)).isZero();
            assertThat(writesOf(() -> bell.awaitUninterruptibly(() -> true))).isZero();
            assertThat(bell.await(() -> false, 0, TimeUnit.DAYS)).isFalse();
            int[] asked = new int[1];
            bell.await(() -> asked[0]++ == 1); // at the second question, after the announcement
        }
        assertThat(writesOf(bell::ring)).isZero();
        assertThat(wakes).isZero();
    }

    @Test
    void waitGroup() throws Exception {
        WaitGroup group = new WaitGroup(new Counting(), 0);
        for (int i = 0; i < 10; i++) {
            group.add(2);
            assertThat(writesOf(group::done)).isOne();
            assertThat(writesOf(group::done)).isOne();
            group.await();
        }
        assertThat(wakes).isZero();
    }

    @Test
    void once() {
        Once once = new Once(new Counting(), 0);
        assertThat(writesOf(() -> once.run(() -> {}))).isEqualTo(2);
        assertThat(writesOf(() -> once.run(() -> {}))).isZero();
        assertThat(wakes).isZero();
    }

    private int writesOf(Runnable call) {
        int before = writes;
        call.run();
        return writes - before;
    }

    private final class Counting extends ModelWords {
        private static final int BYTES = 16;

        Counting() {
            super(BYTES);
        }

        @Override
        public int wake(long at, int count) {
            wakes++;
            return super.wake(at, count);
        }

        @Override
        public int compareAndExchange(long at, int expected, int value) {
            int witness = super.compareAndExchange(at, expected, value);
            writes += witness == expected ? 1 : 0; // a wrong guess writes nothing
            return witness;
        }

        @Override
        public long compareAndExchangeLong(long at, long expected, long value) {
            long witness = super.compareAndExchangeLong(at, expected, value);
            writes += witness == expected ? 1 : 0;
            return witness;
        }

        @Override
        public int getAndAdd(long at, int delta) {
            writes++;
            return super.getAndAdd(at, delta);
        }

        @Override
        public int getAndSet(long at, int value) {
            writes++;
            return super.getAndSet(at, value);
        }

        @Override
        public int getAndBitwiseAnd(long at, int mask) {
            writes++;
            return super.getAndBitwiseAnd(at, mask);
        }

        @Override
        public void set(long at, int value) {
            writes++;
            super.set(at, value);
        }
    }
}
