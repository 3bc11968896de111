package io.futex.bench.experiment;

import java.io.IOException;

/// One end of a line on which two sides hand messages to and fro, never two at once.
interface Line extends AutoCloseable {
    int PONG = 0;
    int PING = 1;
    int STOP = 2;
    int UNPIN = 3;

    /// Plus a processor: run there from now on.
    int PIN = 16;

    void send(int message) throws Exception;

    int receive() throws Exception;

    @Override
    default void close() throws IOException {}
}
