package io.futex.bench.operation;

import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Peers that take turns at the same requests, so that whatever disturbs the machine disturbs all of them.
final class Contest implements AutoCloseable {
    /// Makes a peer, or says why it cannot.
    interface Maker {
        Peer make() throws IOException;
    }

    private static final class Contender {
        final String name;
        final Maker maker;
        final UnaryOperator<Request> own;
        private @Nullable Peer peer;

        Contender(String name, Maker maker, UnaryOperator<Request> own) {
            this.name = name;
            this.maker = maker;
            this.own = own;
        }

        /// Starts it at its first turn. If that fails, it has failed for good.
        Peer peer() {
            if (peer == null) {
                try {
                    peer = maker.make();
                } catch (IOException e) {
                    peer = new Absent(String.valueOf(e.getMessage()));
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
                    peer = new Absent(String.valueOf(e.getMessage()));
                }
            }
        }

        void close() {
            if (peer != null) {
                peer.close();
            }
        }
    }

    private final List<Contender> contenders = new ArrayList<>();

    /// Adds a peer, which starts at its first turn.
    ///
    /// @param own adds to each request what is this peer's own
    Contest add(String name, Maker maker, UnaryOperator<Request> own) {
        contenders.add(new Contender(name, maker, own));
        return this;
    }

    /// Adds a peer that differs from the others by one parameter.
    Contest add(String name, Maker maker, String parameter, Object value) {
        return add(name, maker, request -> request.with(parameter, value));
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

    @Override
    public void close() {
        contenders.forEach(Contender::close);
    }

    /// In the place of a peer that is not there.
    private record Absent(String why) implements Peer {
        @Override
        public Reply run(Request request) throws IOException {
            throw new IOException(why);
        }

        @Override
        public boolean warmsUp() {
            return false;
        }

        @Override
        public void close() {}
    }
}
