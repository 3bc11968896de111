package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same random script on a Barrier and on a CyclicBarrier.
@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierDifferentialTest {
    /// Random events one after the other, each settled before the next.
    @Test
    void behavesAsCyclicBarrier() {
        long seed = Seed.VALUE;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 25; i++) {
            long script = random.nextLong();
            int parties = random.nextInt(1, 5);
            CyclicBarrier model = new CyclicBarrier(parties);
            Barrier ours = new Barrier(parties);
            List<String> expected = play(
                    new SplittableRandom(script),
                    model::await,
                    () -> model.await(0, TimeUnit.SECONDS),
                    model::reset,
                    () -> model.getNumberWaiting() + " " + model.isBroken());
            List<String> found = play(
                    new SplittableRandom(script),
                    ours::await,
                    () -> ours.await(0, TimeUnit.SECONDS),
                    ours::reset,
                    () -> ours.waiters() + " " + ours.isBroken());
            assertThat(found).as("seed %d, round %d", seed, i).isEqualTo(expected);
        }
    }

    private interface State {
        String tell();
    }

    private static List<String> play(
            SplittableRandom random,
            Waiter.Call<Integer> await,
            Waiter.Call<Integer> awaitWithoutTime,
            Runnable reset,
            State state) {
        List<Waiter> waiters = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            String before = state.tell();
            switch (random.nextInt(8)) {
                case 0 -> reset.run();
                case 1 -> waiters.add(Waiter.platform(awaitWithoutTime).awaitDone());
                case 2 ->
                    waiters.add(Waiter.platform(() -> {
                                Thread.currentThread().interrupt();
                                return await.run();
                            })
                            .awaitDone());
                case 3 -> {
                    for (Waiter waiter : waiters) {
                        if (!waiter.isDone()) {
                            waiter.thread().interrupt();
                            waiter.awaitDone();
                            break;
                        }
                    }
                }
                default -> {
                    Waiter waiter = Waiter.platform(await);
                    waiters.add(waiter);
                    Await.until(
                            "it waits or has",
                            () -> waiter.isDone() || !state.tell().equals(before));
                }
            }
            // Whoever need not wait any more is out before the next event.
            if (state.tell().charAt(0) == '0') {
                waiters.forEach(Waiter::awaitDone);
            }
            events.add(state.tell());
        }
        reset.run();
        for (Waiter waiter : waiters) {
            Throwable thrown = waiter.thrown();
            events.add(
                    (thrown == null ? "" + waiter.result() : thrown.getClass().getSimpleName())
                            + waiter.interruptedAfter());
        }
        return events;
    }
}
