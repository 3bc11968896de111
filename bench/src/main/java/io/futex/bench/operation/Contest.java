package io.futex.bench.operation;

import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Peers that take turns at the same requests, so that whatever disturbs the machine disturbs all of them. Each has its
/// column in the rows that are made of their replies.
final class Contest implements AutoCloseable {
    /// Makes a peer, or says why it cannot.
    interface Maker {
        Peer make() throws IOException;
    }

    /// Where a figure stands.
    private interface Column {
        Row add(Row row, Figure figure);
    }

    private static final class Contender {
        final String name;
        final @Nullable Column column; // a rival has none
        final Maker maker;
        final UnaryOperator<Request> own;
        private @Nullable Peer peer;

        Contender(String name, @Nullable Column column, Maker maker, UnaryOperator<Request> own) {
            this.name = name;
            this.column = column;
            this.maker = maker;
            this.own = own;
        }

        /// Starts it at its first turn. If that fails, it has failed for good.
        Peer peer() {
            if (peer == null) {
                try {
                    peer = maker.make();
                } catch (IOException e) {
                    peer = absent(e);
                }
            }
            return peer;
        }

        Reply run(Request request) throws IOException {
            return peer().run(own.apply(request));
        }

        void warmUp(Request request) {
            if (peer().warmsUp()) {
                try {
                    run(request);
                } catch (IOException e) {
                    peer().close();
                    peer = absent(e);
                }
            }
        }

        void close() {
            if (peer != null) {
                peer.close();
            }
        }
    }

    /// Ours has no name in the table.
    static final String OURS = "";

    /// Nor has C one, in a column of its own.
    static final String C = "C";

    private final List<Contender> contenders = new ArrayList<>();

    /// Adds a peer, which starts at its first turn. Its figures stand beside.
    ///
    /// @param own adds to each request what is this peer's own
    Contest add(String name, Maker maker, UnaryOperator<Request> own) {
        return add(name, Row::beside, maker, own);
    }

    /// Adds a peer that differs from the others by one parameter.
    Contest add(String name, Maker maker, String parameter, Object value) {
        return add(name, maker, request -> request.with(parameter, value));
    }

    /// Adds one of those of which the best stands in the column of Java, in each row, and the others beside.
    Contest rival(String name, Maker maker, UnaryOperator<Request> own) {
        return add(name, null, maker, own);
    }

    private Contest add(String name, @Nullable Column column, Maker maker, UnaryOperator<Request> own) {
        contenders.add(new Contender(name, column, maker, own));
        return this;
    }

    Contest ours(Maker maker, UnaryOperator<Request> own) {
        return add(OURS, (row, unused) -> row, maker, own);
    }

    Contest ours(Maker maker, String parameter, Object value) {
        return ours(maker, request -> request.with(parameter, value));
    }

    Contest java(String name, Maker maker, UnaryOperator<Request> own) {
        return add(name, Row::java, maker, own);
    }

    Contest java(String name, Maker maker, String parameter, Object value) {
        return java(name, maker, request -> request.with(parameter, value));
    }

    Contest c(String name, Maker maker, UnaryOperator<Request> own) {
        return add(name, Row::c, maker, own);
    }

    Contest c(Maker maker, String parameter, Object value) {
        return c(C, maker, request -> request.with(parameter, value));
    }

    /// Lets all JVMs compile their code, at the same time, since nothing is measured.
    void warmUp(Request request) {
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Contender contender : contenders) {
                pool.execute(() -> contender.warmUp(request));
            }
        }
    }

    /// Lets all JVMs compile their code, one after the other: what contention shapes must be met as it will be
    /// measured.
    void practise(Request request, int rounds) {
        for (int round = 0; round < rounds; round++) {
            contenders.forEach(contender -> contender.warmUp(request));
        }
    }

    /// Lets every peer measure in every round, each round in another order.
    Results run(Request request, int rounds) {
        Results results = new Results();
        List<Contender> order = new ArrayList<>(contenders);
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : order) {
                try {
                    results.add(contender.name, contender.run(request));
                } catch (IOException e) {
                    results.fail(contender.name, String.valueOf(e.getMessage()));
                }
            }
            Collections.rotate(order, 1);
        }
        return results;
    }

    /// The same for windows of the profile's length.
    Results run(Session session, String label, Request request) {
        session.progress().step(label);
        Profile profile = session.profile();
        return run(request.with("millis", profile.windowMillis()), profile.rounds());
    }

    /// A row with a figure of each peer in its column.
    ///
    /// @param fraction of the samples of each round; the row's is the median of the rounds
    /// @param peers the rivals that may stand in the column of Java; of their figures less is better
    Row row(String label, Unit unit, Results results, String value, double fraction, Predicate<String> peers) {
        Row row = Row.of(label, unit, results.quantile(OURS, value, fraction));
        List<Figure> rivals = new ArrayList<>();
        for (Contender contender : contenders) {
            Figure figure = results.quantile(contender.name, value, fraction);
            if (contender.column == null) {
                rivals.add(figure);
            } else {
                row = contender.column.add(row, figure);
            }
        }
        Optional<Figure> best = rivals.stream()
                .filter(rival -> rival.isPresent() && peers.test(rival.who()))
                .min(Comparator.comparingDouble(Figure::value));
        for (Figure rival : rivals) {
            row = best.filter(rival::equals).isPresent() ? row.java(rival) : row.beside(rival);
        }
        return row;
    }

    /// One of any rivals.
    Row row(String label, Unit unit, Results results, String value, double fraction) {
        return row(label, unit, results, value, fraction, unused -> true);
    }

    /// One of medians.
    Row row(String label, Unit unit, Results results, String value) {
        return row(label, unit, results, value, 0.5);
    }

    /// One of times, and of what ours allocates.
    Row time(String label, Results results) {
        return row(label, Unit.TIME, results, "ns").bytes(results.median(OURS, "bytes"));
    }

    /// One of rates, likewise.
    Row rate(String label, Results results) {
        return row(label, Unit.RATE, results, "ops-per-s").bytes(results.median(OURS, "bytes"));
    }

    @Override
    public void close() {
        contenders.forEach(Contender::close);
    }

    /// In the place of a peer that is not there.
    private static Peer absent(IOException why) {
        return unused -> {
            throw new IOException(why.getMessage(), why);
        };
    }
}
