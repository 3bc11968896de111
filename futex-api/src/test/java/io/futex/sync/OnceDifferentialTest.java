package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same random script on a Once and on the computeIfAbsent of a ConcurrentHashMap: whose body is run, who waits for
/// another's, what becomes of bodies that throw or ask again, and of interrupts.
@ExtendWith(Seed.class)
@Timeout(120)
class OnceDifferentialTest {
    private static final int EPISODES = Scale.of(150, 20_000);
    private static final int THREADS = 4;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);

    private static void fail() {
        throw new ArithmeticException("on purpose");
    }

    /// What both can do.
    private interface Subject {
        void renew();

        void run(Runnable body);

        boolean isDone();

        /// The body of this thread, or that of another.
        default String runs(Runnable body) {
            boolean[] ran = new boolean[1];
            run(() -> {
                body.run();
                ran[0] = true;
            });
            return ran[0] ? "ran" : "found";
        }

        default String asksAgain() {
            return runs(() -> run(() -> {}));
        }
    }

    private static final class Ours implements Subject {
        private volatile Once once = new Once();

        @Override
        public void renew() {
            once = new Once();
        }

        @Override
        public void run(Runnable body) {
            once.run(body);
        }

        @Override
        public boolean isDone() {
            return once.isDone();
        }
    }

    private static final class Theirs implements Subject {
        private final ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();

        @Override
        public void renew() {
            map.clear();
        }

        @Override
        public void run(Runnable body) {
            map.computeIfAbsent("", key -> {
                body.run();
                return "";
            });
        }

        @Override
        public boolean isDone() {
            return map.containsKey("");
        }
    }

    @Test
    void doesWhatComputeIfAbsentDoes() throws Exception {
        try (Duel<Subject> duel = new Duel<>(new Ours(), new Theirs(), THREADS)) {
            for (int i = 0; i < EPISODES; i++) {
                duel.ours().renew();
                duel.theirs().renew();
                duel.script("new");
                while (!duel.theirs().isDone()) {
                    step(duel);
                    assertThat(duel.ours().isDone())
                            .as(duel::story)
                            .isEqualTo(duel.theirs().isDone());
                }
                assertThat(duel.both(0, subject -> subject.runs(OnceDifferentialTest::fail)))
                        .isEqualTo("found");
            }
        }
    }

    private void step(Duel<Subject> duel) throws Exception {
        int who = random.nextInt(THREADS);
        int step = random.nextInt(6);
        duel.script(who + " " + step);
        switch (step) {
            case 0 -> duel.both(who, subject -> subject.runs(() -> {}));
            case 1 -> duel.both(who, subject -> subject.runs(OnceDifferentialTest::fail));
            case 2 -> duel.both(who, Subject::asksAgain);
            case 3 ->
                duel.both(who, subject -> {
                    Thread.currentThread().interrupt();
                    return subject.runs(() -> {});
                });
            default -> meet(duel, who, step == 4);
        }
    }

    /// While one is in its body the others come, one of them interrupted. Then it ends, and so all do.
    private void meet(Duel<Subject> duel, int who, boolean fails) throws Exception {
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch mayEnd = new CountDownLatch(1);
        List<Duel.Outcomes> calls = new ArrayList<>();
        calls.add(duel.submit(
                who,
                subject -> subject.runs(() -> {
                    inside.countDown();
                    Await.until("may end", () -> mayEnd.getCount() == 0);
                    if (fails) {
                        fail();
                    }
                })));
        Await.until("inside", () -> inside.getCount() == 0);
        for (int i = 1; i < THREADS; i++) {
            int other = (who + i) % THREADS;
            boolean interrupted = i == 1;
            calls.add(duel.submit(other, subject -> {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                return subject.runs(() -> {});
            }));
        }
        Await.until("the others have come", () -> calls.stream().allMatch(Duel.Outcomes::haveBegun));
        mayEnd.countDown();
        duel.same(calls.getFirst());
        // Which of the others runs its body after one that has failed is left open.
        List<String> ours = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (Duel.Outcomes call : calls) {
            ours.add(get(call.ours()));
            theirs.add(get(call.theirs()));
        }
        assertThat(ours.get(1)).as(duel::story).endsWith("interrupted");
        ours.replaceAll(each -> each.replace(", interrupted", ""));
        theirs.replaceAll(each -> each.replace(", interrupted", ""));
        assertThat(ours).as(duel::story).containsExactlyInAnyOrderElementsOf(theirs);
    }

    private static String get(Future<String> outcome) throws Exception {
        return outcome.get(Waiter.WATCHDOG_NANOS, TimeUnit.NANOSECONDS);
    }
}
