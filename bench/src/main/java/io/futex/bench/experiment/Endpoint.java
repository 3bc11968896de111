package io.futex.bench.experiment;

import io.futex.bench.os.Affinity;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// One of two ends between which messages go to and fro, never two at once.
interface Endpoint extends AutoCloseable {
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

    default void roundTrip() throws Exception {
        send(PING);
        receive();
    }

    /// The side that answers, until it is told to stop.
    default void answer() throws Exception {
        for (int message = receive(); message != STOP; message = receive()) {
            if (message >= PIN) {
                Affinity.pin(message - PIN);
            } else if (message == UNPIN) {
                Affinity.unpin();
            }
            send(PONG);
        }
    }

    /// A byte a message: a pipe to another process.
    static Endpoint of(InputStream in, OutputStream out) {
        return new Endpoint() {
            @Override
            public void send(int message) throws Exception {
                out.write(message);
                out.flush();
            }

            @Override
            public int receive() throws Exception {
                return checked(in.read());
            }
        };
    }

    /// A byte a message over channels: a Unix-domain socket, or two pipes.
    static Endpoint of(ReadableByteChannel in, WritableByteChannel out) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        return new Endpoint() {
            @Override
            public void send(int message) throws Exception {
                out.write(buffer.clear().put(0, (byte) message));
            }

            @Override
            public int receive() throws Exception {
                checked(in.read(buffer.clear()));
                return Byte.toUnsignedInt(buffer.get(0));
            }

            @Override
            public void close() throws IOException {
                in.close();
                out.close();
            }
        };
    }

    private static int checked(int read) throws EOFException {
        if (read < 0) {
            throw new EOFException("the other side is gone");
        }
        return read;
    }
}
