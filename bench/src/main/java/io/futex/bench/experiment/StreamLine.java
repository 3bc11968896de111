package io.futex.bench.experiment;

import java.io.EOFException;
import java.io.InputStream;
import java.io.OutputStream;

/// A byte a message: a pipe.
final class StreamLine implements Line {
    private final InputStream in;
    private final OutputStream out;

    StreamLine(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    @Override
    public void send(int message) throws Exception {
        out.write(message);
        out.flush();
    }

    @Override
    public int receive() throws Exception {
        int message = in.read();
        if (message < 0) {
            throw new EOFException("the other process is gone");
        }
        return message;
    }
}
