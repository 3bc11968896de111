package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// The same calls on two things that ought to behave alike, ours and one that is known to be right. Each actor is a
/// thread for either, since a thread can wait for one only.
///
/// It knows who waits without an end: nobody else may ask that actor for a call.
final class Duel<S> implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

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

    /// A call that has not ended.
    private record Pending(Outcomes outcomes, Entrance.Way way) {}

    private final S ours;
    private final S theirs;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> script = new ArrayList<>();
    private final Map<Integer, Pending> waiting = new TreeMap<>();
    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);

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
        final ExecutorService withOurs = Executors.newSingleThreadExecutor(body -> mine = thread(body));
        final ExecutorService withTheirs = Executors.newSingleThreadExecutor(body -> other = thread(body));

        private static Thread thread(Runnable body) {
            return Thread.ofPlatform()
                    .name("duel-" + NUMBERS.getAndIncrement())
                    .daemon()
                    .unstarted(body);
        }

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

    /// Draws the lots of the script.
    SplittableRandom random() {
        return random;
    }

    int randomActor() {
        return random.nextInt(actors.size());
    }

    Entrance.Way randomWay() {
        Entrance.Way[] ways = Entrance.Way.values();
        return ways[random.nextInt(ways.length)];
    }

    // ---- who waits without an end

    /// How many do.
    int waiters() {
        return waiting.size();
    }

    /// Whether this actor does.
    boolean waits(int who) {
        return waiting.containsKey(who);
    }

    /// Whether one more may begin to, and somebody will be left to end it.
    boolean mayWait(int most) {
        return waiting.size() < Math.min(most, actors.size() - 1);
    }

    /// Somebody tries to get in. If that is a wait without an end, it sleeps now.
    ///
    /// @param open whether it will not have to wait
    /// @param what more, for the story
    /// @return whether it is in
    boolean enter(int who, Entrance.Way way, boolean open, String what, Function<S, Entrance> entrance)
            throws Exception {
        script(who + " " + way + what);
        long nanos = random.nextInt(8) == 0 ? 2_000_000 : random.nextInt(200_000);
        Action<S> action = subject -> way.enter(entrance.apply(subject), nanos);
        if (open || !way.mayWait()) {
            return both(who, action).startsWith("true");
        }
        Actor actor = actors.get(who);
        Outcomes outcomes = submit(who, action);
        Await.until(
                "both wait; " + story(),
                () -> outcomes.haveBegun()
                        && entrance.apply(ours).isWaitedFor(actor.mine)
                        && entrance.apply(theirs).isWaitedFor(actor.other));
        waiting.put(who, new Pending(outcomes, way));
        return false;
    }

    /// All that wait must come in now.
    ///
    /// @return one of them, or -1
    int letIn() throws Exception {
        int last = -1;
        for (Map.Entry<Integer, Pending> each : waiting.entrySet()) {
            assertThat(same(each.getValue().outcomes)).as(this::story).startsWith("true");
            last = each.getKey();
        }
        waiting.clear();
        return last;
    }

    /// That many of those that wait come in now, whoever they are, and no more.
    void letIn(int count) {
        for (Function<Outcomes, Future<String>> side :
                List.<Function<Outcomes, Future<String>>>of(Outcomes::ours, Outcomes::theirs)) {
            Await.until("let in: " + count, () -> ended(side) >= count);
            assertThat(ended(side)).as(this::story).isEqualTo(count);
        }
    }

    private long ended(Function<Outcomes, Future<String>> side) {
        return waiting.values().stream()
                .filter(each -> side.apply(each.outcomes).isDone())
                .count();
    }

    /// One of those that wait is interrupted, which ends its wait or not.
    ///
    /// @return whether it does not wait any more
    boolean interruptWaiter() throws Exception {
        if (waiting.isEmpty()) {
            return false;
        }
        int who = List.copyOf(waiting.keySet()).get(random.nextInt(waiting.size()));
        script(who + " is interrupted");
        actors.get(who).interrupt();
        boolean ends = waiting.get(who).way.isInterruptible();
        if (ends) {
            assertThat(same(waiting.remove(who).outcomes))
                    .as(this::story)
                    .startsWith(InterruptedException.class.getName());
        }
        return ends;
    }

    // ---- the story

    /// A line of the story that a failure tells.
    void script(String line) {
        script.add(line);
    }

    String story() {
        return "last steps " + script.subList(Math.max(0, script.size() - 20), script.size());
    }

    // ---- calls

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
