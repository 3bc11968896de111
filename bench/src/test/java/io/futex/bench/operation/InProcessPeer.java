package io.futex.bench.operation;

import io.futex.bench.experiment.Experiments;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// The experiments without a process around them: for tests, which want no figures.
final class InProcessPeer implements Peer {
    private final Experiments experiments = new Experiments();

    /// As in the process of a peer, one thread runs all.
    private final ExecutorService main = Executors.newSingleThreadExecutor();

    @Override
    public Reply run(Request request) throws IOException {
        try {
            return main.submit(() -> {
                        Reply reply = new Reply();
                        experiments.run(request, reply);
                        return reply;
                    })
                    .get(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public boolean warmsUp() {
        return true;
    }

    @Override
    public void close() {
        main.execute(experiments::close);
        main.shutdown();
    }
}
