package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The same calls on two things that ought to behave alike, ours and one that is known to be right. Each actor is a
/// thread for either, since a thread can wait for one only.
final class Duel<S> implements AutoCloseable {
    /// A call, and what came of it.
    interface Action<S> {
        Object on(S subject) throws Throwable;
    }

    /// Two calls under way.
    record Outcomes(Future<String> ours, Future<String> theirs, CountDownLatch notBegun) {
        /// Whether an interrupt from now on is for the calls.
        boolean haveBegun() {
            return notBegun.getCount() == 0;
        }
    }

    private final S ours;
    private final S theirs;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> script = new ArrayList<>();

    Duel(S ours, S theirs, int threads) throws Exception {
        this.ours = ours;
        this.theirs = theirs;
        for (int i = 0; i < threads; i++) {
            actors.add(new Actor());
            both(i, subject -> "starts");
        }
    }

    private static final class Actor {
        private volatile Thread mine;
        private volatile Thread other;
        final ExecutorService withOurs = Executors.newSingleThreadExecutor(
                body -> mine = Thread.ofPlatform().daemon().unstarted(body));
        final ExecutorService withTheirs = Executors.newSingleThreadExecutor(
                body -> other = Thread.ofPlatform().daemon().unstarted(body));

        void interrupt() {
            mine.interrupt();
            other.interrupt();
        }
    }

    @Override
    public void close() {
        for (Actor actor : actors) {
            actor.interrupt();
            actor.withOurs.shutdown();
            actor.withTheirs.shutdown();
        }
    }

    S ours() {
        return ours;
    }

    S theirs() {
        return theirs;
    }

    /// Whether there is nobody to end a wait.
    boolean isAlone() {
        return actors.size() == 1;
    }

    /// A line of the story that a failure tells.
    void script(String line) {
        script.add(line);
    }

    String story() {
        return "last steps " + script.subList(Math.max(0, script.size() - 20), script.size());
    }

    void interrupt(int who) {
        actors.get(who).interrupt();
    }

    /// What came of a call, the same with both: what it returned or threw, and whether the thread was interrupted then,
    /// which it is no longer.
    String both(int who, Action<S> action) throws Exception {
        return same(submit(who, action));
    }

    Outcomes submit(int who, Action<S> action) {
        Actor actor = actors.get(who);
        CountDownLatch notBegun = new CountDownLatch(2);
        return new Outcomes(
                actor.withOurs.submit(() -> outcome(ours, action, notBegun)),
                actor.withTheirs.submit(() -> outcome(theirs, action, notBegun)),
                notBegun);
    }

    String same(Outcomes outcomes) throws Exception {
        try {
            String expected = outcomes.theirs.get(Waiter.WATCHDOG_NANOS, TimeUnit.NANOSECONDS);
            assertThat(outcomes.ours.get(Waiter.WATCHDOG_NANOS, TimeUnit.NANOSECONDS))
                    .as(this::story)
                    .isEqualTo(expected);
            return expected;
        } catch (TimeoutException e) {
            throw new AssertionError(story() + ": " + ours + ", " + theirs, e);
        }
    }

    private static <S> String outcome(S subject, Action<S> action, CountDownLatch notBegun) {
        notBegun.countDown();
        String outcome;
        try {
            outcome = String.valueOf(action.on(subject));
        } catch (Throwable e) {
            outcome = e.getClass().getName();
        }
        return outcome + (Thread.interrupted() ? ", interrupted" : "");
    }
}
