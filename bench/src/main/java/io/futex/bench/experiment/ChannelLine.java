package io.futex.bench.experiment;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/// A byte a message over channels: a Unix-domain socket, or two pipes.
final class ChannelLine implements Line {
    private final ReadableByteChannel in;
    private final WritableByteChannel out;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1);

    ChannelLine(ReadableByteChannel in, WritableByteChannel out) {
        this.in = in;
        this.out = out;
    }

    private ChannelLine(SocketChannel channel) {
        this(channel, channel);
    }

    static ServerSocketChannel listen(Path path) throws Exception {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    static ChannelLine accept(ServerSocketChannel server) throws Exception {
        return new ChannelLine(server.accept());
    }

    static ChannelLine connect(Path path) throws Exception {
        return new ChannelLine(SocketChannel.open(UnixDomainSocketAddress.of(path)));
    }

    @Override
    public void send(int message) throws Exception {
        out.write(buffer.clear().put(0, (byte) message));
    }

    @Override
    public int receive() throws Exception {
        if (in.read(buffer.clear()) < 0) {
            throw new EOFException("the other side is gone");
        }
        return Byte.toUnsignedInt(buffer.get(0));
    }

    @Override
    public void close() throws IOException {
        in.close();
        out.close();
    }
}
