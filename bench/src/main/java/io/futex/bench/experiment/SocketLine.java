package io.futex.bench.experiment;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A byte a message over a Unix-domain socket.
final class SocketLine implements Line {
    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1);

    private SocketLine(SocketChannel channel) {
        this.channel = channel;
    }

    static ServerSocketChannel listen(Path path) throws Exception {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    static SocketLine accept(ServerSocketChannel server) throws Exception {
        return new SocketLine(server.accept());
    }

    static SocketLine connect(Path path) throws Exception {
        return new SocketLine(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    @Override
    public void send(int message) throws Exception {
        channel.write(buffer.clear().put(0, (byte) message));
    }

    @Override
    public int receive() throws Exception {
        if (channel.read(buffer.clear()) < 0) {
            throw new EOFException("the other process is gone");
        }
        return Byte.toUnsignedInt(buffer.get(0));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
