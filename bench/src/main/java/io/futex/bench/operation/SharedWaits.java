package io.futex.bench.operation;

import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Virtual threads that wait on shared words: one, and very many.
final class SharedWaits {
    private static final String POOL = "-Dio.futex.async=pool";
    private static final String POLLING = "-Dio.futex.async=polling";
    private static final int MOST_ROUNDS = 3;
    private static final int WARM_UPS = 2; // what is compiled meanwhile makes those late by up to twice as much
    private static final int TIMED = 20_000;
    private static final int IDLE = 500;
    private static final long MOST_IDLE_MILLIS = 4_000;
    private static final int MANY = 10_000;
    private static final int MILLION = 1_000_000;
    private static final int OTHERS = 2048; // words, in all parts of the system's table
    private static final int FEW = 200; // where no figure is wanted

    private final Session session;
    private final List<Row> rows;
    private final int rounds;
    private final List<String> notes = new ArrayList<>(List.of(
            "nothing is pinned; pool and polling are what there is where io_uring is not to be had; in wake to run the "
                    + "waker is a platform thread of the same process",
            "many are woken by a C process, each on a word of its own, until the last has run; others are C processes: one "
                    + "that wakes 2048 words in any order, and two on one processor that hand one word to and fro, whose "
                    + "part of the system's table stays in the caches"));

    private SharedWaits(Session session, List<Row> rows) {
        this.session = session;
        this.rows = rows;
        rounds = Math.min(session.profile().rounds(), MOST_ROUNDS);
    }

    static List<String> run(Session session, List<Row> rows) throws IOException {
        SharedWaits waits = new SharedWaits(session, rows);
        waits.wakeToRun();
        waits.endingTogether();
        waits.idle();
        waits.crowds();
        return waits.notes;
    }

    private boolean isSmoke() {
        return session.profile().equals(Profile.SMOKE);
    }

    private void wakeToRun() {
        session.progress().step("wake to run");
        try (Contest contest = new Contest()
                .ours(session::java, "kind", "virtual")
                .add("pool", () -> session.javaWith(POOL), "kind", "virtual")
                .add("polling", () -> session.javaWith(POLLING), "kind", "virtual")
                .add("platform thread", session::java, "kind", "platform")) {
            Request request =
                    Request.of("wake-to-run").with("samples", session.profile().lateSamples());
            contest.practise(request, 1);
            Results results = contest.run(request, rounds);
            rows.add(contest.row("wake to run, p50", Unit.TIME, results, "ns", 0.5));
            rows.add(contest.row("wake to run, p99", Unit.TIME, results, "ns", 0.99));
        }
    }

    private void endingTogether() {
        int count = isSmoke() ? FEW : TIMED;
        String label = String.format(Locale.ROOT, "%,d waits end at once, the last is late by", count);
        session.progress().step(label);
        try (Contest contest =
                new Contest().ours(session::java, "kind", "futex").java("sleep", session::java, "kind", "sleep")) {
            Request request = Request.of("ending-together").with("count", count).with("millis", isSmoke() ? 100 : 2000);
            contest.practise(request, WARM_UPS);
            Results results = contest.run(request, rounds);
            Figure worst = results.highest(Contest.OURS, "ns");
            rows.add(Row.of(label, Unit.TIME, worst)
                    .java(results.highest("sleep", "ns"))
                    .goal(Goal.atMost("< 250 ms", worst.value(), 250e6)));
        }
    }

    private void idle() {
        String label = IDLE + " sleep, processor time";
        session.progress().step(label);
        try (Contest contest = new Contest()
                .ours(session::java, "file", session.file("idle-ring"))
                .add("pool", () -> session.javaWith(POOL), "file", session.file("idle-pool"))
                .add("polling", () -> session.javaWith(POLLING), "file", session.file("idle-polling"))) {
            Request request = Request.of("crowd").with("count", IDLE);
            contest.run(request.with("action", "gather"), 1);
            long millis = Math.min(10 * session.profile().windowMillis(), MOST_IDLE_MILLIS);
            Results results = contest.run(request.with("action", "sleep").with("millis", millis), rounds);
            contest.run(request.with("action", "wake"), 1);
            Row row = contest.row(label, Unit.PERCENT, results, "idle-percent");
            rows.add(row.goal(Goal.atMost("≤ 1 %", Math.max(row.ours().value(), 0.01), 1)));
        }
    }

    private void crowds() throws IOException {
        if (!session.programAbsence().isEmpty()) {
            rows.add(Row.of("many, woken by another process", Unit.TIME, Figure.absent("", session.programAbsence())));
            return;
        }
        boolean full = session.profile().equals(Profile.FULL);
        Woken any = new Crowds(isSmoke() ? FEW : MANY, "any").run(rounds);
        rows.add(Row.of(any.label + "woken in any order, each", Unit.TIME, any.figure("each-ns"))
                .beside(any.figure("wake-ns").named("wake call"))
                .goal(Goal.atMost("≤ 5 us", any.figure("each-ns").value(), 5000)));
        bystanders(any);
        if (full) {
            bystanders(new Crowds(MILLION / 10, "arrival").run(1));
            Woken million = new Crowds(MILLION, "arrival").run(rounds);
            Figure rate = million.figure("per-s");
            rows.add(Row.of(million.label + "woken in order", Unit.RATE, rate)
                    .goal(Goal.atLeast("≥ 300 k/s", rate.value(), 300_000)));
            Figure threads = million.fresh("threads");
            rows.add(Row.of(million.label + "threads more", Unit.RATIO, threads)
                    .goal(Goal.atMost("≤ 3", Math.max(threads.value(), 1), 3)));
            rows.add(Row.of(million.label + "heap of each", Unit.BYTES, million.fresh("heap-bytes"))
                    .beside(million.fresh("resident-bytes").named("resident")));
            bystanders(million);
        }
    }

    private void bystanders(Woken woken) {
        rows.add(woken.bystander("a wake of others, nobody waits", "wake"));
        rows.add(woken.bystander("a round trip of others", "trip"));
    }

    /// What was measured of a crowd.
    ///
    /// @param first of a fresh process, which warms up
    private record Woken(String label, Reply first, List<Reply> replies) {
        Figure figure(String value) {
            return Figure.median(
                    "",
                    replies.stream()
                            .mapToDouble(reply -> reply.samples(value)[0])
                            .toArray());
        }

        Figure fresh(String value) {
            return Figure.median("", first.samples(value)[0]);
        }

        Row bystander(String what, String value) {
            return Row.of(label + what, Unit.TIME, figure("beside-" + value))
                    .c(figure("alone-" + value).named("alone"));
        }
    }

    private final class Crowds {
        private final int count;
        private final String label;
        private final Request wake;

        Crowds(int count, String order) {
            this.count = count;
            label = String.format(Locale.ROOT, "%,d sleep: ", count);
            wake = Request.of("wake")
                    .with("file", session.file("crowd"))
                    .with("count", count)
                    .with("order", order);
        }

        Woken run(int times) throws IOException {
            List<Reply> replies = new ArrayList<>();
            try (Peer sleepers = session.java();
                    Peer c = session.c()) {
                Reply first = once(sleepers, c);
                for (int round = 1; round <= times; round++) {
                    session.progress().step(label + "round " + round);
                    replies.add(once(sleepers, c));
                }
                return new Woken(label, first, replies);
            }
        }

        private Reply once(Peer sleepers, Peer c) throws IOException {
            Request crowd = Request.of("crowd").with("file", session.file("crowd"));
            Reply reply = new Reply();
            bystanders(c, "alone-", reply);
            Reply gathered = sleepers.run(crowd.with("action", "gather").with("count", count));
            for (String value : List.of("threads", "heap-bytes", "resident-bytes")) {
                reply.put(value, gathered.samples(value));
            }
            bystanders(c, "beside-", reply);
            Reply waker = c.run(wake);
            double nanos =
                    sleepers.run(crowd.with("action", "await")).samples("end-ns")[0] - waker.samples("begin-ns")[0];
            reply.put("wake-ns", waker.samples("wake-ns"));
            reply.put("each-ns", nanos / count);
            reply.put("per-s", count * 1e9 / nanos);
            long woken = (long) waker.samples("woken")[0];
            if (woken < count) {
                notes.add(label + (count - woken) + " of them were awake already when they were woken");
            }
            return reply;
        }

        private void bystanders(Peer c, String when, Reply reply) throws IOException {
            Path file = session.file("others");
            Files.write(file, new byte[OTHERS * Integer.BYTES]);
            Request wakes = Request.of("wake").with("count", OTHERS).with("order", "any");
            reply.put(when + "wake", c.run(wakes.with("file", file)).samples("wake-ns"));
            int cpu = Affinity.allowed().getFirst();
            Request trips = Request.of("processes")
                    .with("file", file)
                    .with("millis", session.profile().windowMillis())
                    .with("ping-cpu", cpu)
                    .with("pong-cpu", cpu);
            reply.put(when + "trip", c.run(trips).samples("ns"));
        }
    }
}
