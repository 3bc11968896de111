package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;

/// One kind of measurement. What it sets up for the first request it keeps for the next ones.
interface Experiment extends AutoCloseable {
    void run(Request request, Reply reply) throws Exception;

    @Override
    default void close() {}
}
