package io.futex.shared;

import io.futex.WaitResult;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Words whose users are killed at an access: from then on they do nothing any more, not even what is to be done
/// finally.
final class MortalWords extends ModelWords {
    /// Not to be caught by anybody but the test.
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private static final int MOST = 20_000;

    /// Of all threads.
    private int all;

    private final Map<Thread, Integer> left = new HashMap<>();

    private final Set<Long> kept = new HashSet<>();

    /// Who looks for itself now and then, though nobody has woken it; null: all do.
    private Set<Thread> impatient;

    MortalWords(int bytes, ModelScheduler scheduler) {
        super(bytes, scheduler);
    }

    /// The calling thread is killed at its n-th access from now on.
    void kill(int accesses) {
        left.put(Thread.currentThread(), accesses);
    }

    /// Nobody's sleep ends by time but that of those who ask for it: so a wake that is missing shows.
    void onlyWakes() {
        impatient = new HashSet<>();
    }

    /// The sleep of the calling thread may end by time.
    void mayTimeOut() {
        if (impatient != null) {
            impatient.add(Thread.currentThread());
        }
    }

    /// The word keeps its value, whatever is added to it.
    void keep(long at) {
        kept.add(at);
    }

    private void live() {
        if (++all > MOST) {
            throw new AssertionError("this goes round and round");
        }
        Integer accesses = left.computeIfPresent(Thread.currentThread(), (thread, n) -> Math.max(0, n - 1));
        if (accesses != null && accesses == 0) {
            throw new Killed();
        }
    }

    @Override
    public int get(long at) {
        live();
        return super.get(at);
    }

    @Override
    public void set(long at, int value) {
        live();
        super.set(at, value);
    }

    @Override
    public int compareAndExchange(long at, int expected, int value) {
        live();
        return super.compareAndExchange(at, expected, value);
    }

    @Override
    public int getAndAdd(long at, int delta) {
        live();
        return super.getAndAdd(at, kept.contains(at) ? 0 : delta);
    }

    @Override
    public long getLong(long at) {
        live();
        return super.getLong(at);
    }

    @Override
    public long compareAndExchangeLong(long at, long expected, long value) {
        live();
        return super.compareAndExchangeLong(at, expected, value);
    }

    @Override
    public WaitResult await(long at, int expected, long deadline, boolean interruptible) throws InterruptedException {
        live();
        boolean ends = impatient == null || impatient.contains(Thread.currentThread());
        return super.await(at, expected, ends ? deadline : Long.MAX_VALUE, interruptible);
    }

    @Override
    public int wake(long at, int count) {
        live();
        return super.wake(at, count);
    }
}
