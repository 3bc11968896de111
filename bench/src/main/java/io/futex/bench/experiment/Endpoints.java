package io.futex.bench.experiment;

import io.futex.bench.peer.Request;
import io.futex.sync.PMutex;
import io.futex.sync.Parker;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// Starts a side that answers, a thread or a process, and gives the end at which one talks to it. The parameter `kind`
/// says how both wait.
final class Endpoints {
    private Endpoints() {}

    /// To a thread of this process. The caller is the one who talks to it.
    static Endpoint toThread(Request request) throws Exception {
        String kind = request.text("kind");
        switch (kind) {
            case "park" -> {
                Thread here = Thread.currentThread();
                AtomicInteger value = new AtomicInteger(Endpoint.PONG);
                Thread there = answer(park(value, here));
                return park(value, there);
            }
            case "parker" -> {
                AtomicInteger value = new AtomicInteger(Endpoint.PONG);
                Parker here = new Parker();
                Parker there = new Parker();
                answer(parker(value, there, here));
                return parker(value, here, there);
            }
            case "condition", "jdk-condition" -> {
                Field field = new Field(kind.equals("condition") ? new PMutex() : new ReentrantLock());
                answer(new ConditionEndpoint(field));
                return new ConditionEndpoint(field);
            }
            case "pipe" -> {
                Pipe there = Pipe.open();
                Pipe back = Pipe.open();
                answer(Endpoint.of(there.source(), back.sink()));
                return Endpoint.of(back.source(), there.sink());
            }
            case "socket" -> {
                Path file = Path.of(request.text("file"));
                try (ServerSocketChannel server = listen(file)) {
                    Endpoint here = connect(file);
                    answer(accept(server));
                    return here;
                }
            }
            default -> {
                MemorySegment memory = Arena.ofAuto().allocate(ValueEndpoint.BYTES, ValueEndpoint.BYTES);
                answer(ValueEndpoint.over(memory, false, kind, 1));
                return ValueEndpoint.over(memory, false, kind, 0);
            }
        }
    }

    private static Thread answer(Endpoint endpoint) {
        return Thread.ofPlatform().daemon().name("pong").start(() -> {
            try {
                endpoint.answer();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static Endpoint park(AtomicInteger value, Thread other) {
        return new ValueEndpoint(
                value::get, value::set, (last, changed) -> LockSupport.park(), () -> LockSupport.unpark(other));
    }

    private static Endpoint parker(AtomicInteger value, Parker own, Parker other) {
        return new ValueEndpoint(value::get, value::set, (last, changed) -> own.park(), other::unpark);
    }

    /// What two ends share.
    private static final class Field {
        final Lock lock;
        final Condition changed;

        /// Guarded by the lock.
        int value = Endpoint.PONG;

        Field(Lock lock) {
            this.lock = lock;
            this.changed = lock.newCondition();
        }
    }

    /// Both ends look at a plain field under a lock, and wait for its condition.
    private static final class ConditionEndpoint implements Endpoint {
        private final Field field;
        private int last = PONG;

        ConditionEndpoint(Field field) {
            this.field = field;
        }

        @Override
        public void send(int message) {
            last = message;
            field.lock.lock();
            try {
                field.value = message;
                field.changed.signal();
            } finally {
                field.lock.unlock();
            }
        }

        @Override
        public int receive() throws InterruptedException {
            field.lock.lock();
            try {
                while (field.value == last) {
                    field.changed.await();
                }
                return field.value;
            } finally {
                field.lock.unlock();
            }
        }
    }

    /// To a JVM of its own, over a pipe, a socket, or a word in a mapped file.
    static Endpoint toProcess(Request request) throws Exception {
        String kind = request.text("kind");
        Path file = Path.of(request.text("file"));
        switch (kind) {
            case "pipe" -> {
                Process other = OtherProcess.start(OtherProcess.ANSWER, kind, file);
                return Endpoint.of(other.getInputStream(), other.getOutputStream());
            }
            case "socket" -> {
                try (ServerSocketChannel server = listen(file)) {
                    OtherProcess.start(OtherProcess.ANSWER, kind, file);
                    return accept(server);
                }
            }
            default -> {
                if (QueueEndpoint.isNamed(kind)) {
                    Endpoint here = QueueEndpoint.create(kind, file);
                    OtherProcess.start(OtherProcess.ANSWER, kind, file);
                    return here;
                }
                Files.write(file, new byte[(int) ValueEndpoint.BYTES]);
                OtherProcess.start(OtherProcess.ANSWER, kind, file);
                return ValueEndpoint.over(OtherProcess.map(file, ValueEndpoint.BYTES), true, kind, 0);
            }
        }
    }

    /// The other end, in that process.
    static Endpoint ofProcess(String kind, Path file) throws Exception {
        return switch (kind) {
            case "pipe" -> Endpoint.of(System.in, System.out);
            case "socket" -> connect(file);
            default ->
                QueueEndpoint.isNamed(kind)
                        ? QueueEndpoint.attach(kind, file)
                        : ValueEndpoint.over(OtherProcess.map(file, ValueEndpoint.BYTES), true, kind, 1);
        };
    }

    private static ServerSocketChannel listen(Path file) throws IOException {
        Files.deleteIfExists(file);
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(file));
    }

    private static Endpoint connect(Path file) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file));
        return Endpoint.of(channel, channel);
    }

    private static Endpoint accept(ServerSocketChannel server) throws IOException {
        SocketChannel channel = server.accept();
        return Endpoint.of(channel, channel);
    }
}
