package io.futex.bench.experiment;

import io.futex.bench.peer.Request;

/// Makes the other side of a ping-pong, and the line to it.
interface Partners {
    /// Starts the other side.
    ///
    /// @param request its `kind` says what to wait with
    /// @param ping the thread that will send and receive on the returned end
    Line start(Request request, Thread ping) throws Exception;
}
