package io.futex.bench.experiment;

import com.softwaremill.jox.SelectClause;
import io.futex.channel.Channel;
import io.futex.channel.Select;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// A thread for each party.
final class ThreadTraffic implements Traffic {
    /// One party, from its begin to its end.
    private interface Party {
        void run(int number) throws InterruptedException;
    }

    /// Of the channel of one who is alone, which is never full.
    static final int CAPACITY = 64;

    private final String kind;
    private final Thread.Builder builder;
    private final Tally tally;
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /// @param kind see [Pipes]
    ThreadTraffic(String kind, boolean virtual, Tally tally) {
        this.kind = kind;
        this.builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        this.tally = tally;
    }

    private void start(Party party) {
        int number = threads.size();
        threads.add(builder.start(() -> {
            try {
                party.run(number);
            } catch (Throwable e) {
                tally.fail(e);
                threads.forEach(Thread::interrupt);
            }
        }));
    }

    @Override
    public void transfer(int capacity, int senders, int receivers) {
        Pipe pipe = Pipes.make(kind, capacity);
        for (int i = 0; i < senders; i++) {
            start(number -> send(pipe));
        }
        for (int i = 0; i < receivers; i++) {
            start(number -> receive(pipe, number, senders / receivers));
        }
    }

    private void send(Pipe pipe) throws InterruptedException {
        long sum = 0;
        for (int i = 0; !tally.isOver(); i++) {
            Token token = Token.at(i);
            sum += token.number;
            pipe.put(token);
        }
        pipe.put(Token.LAST);
        tally.sent(sum);
    }

    /// @param last after how many last values it is over
    private void receive(Pipe pipe, int number, int last) throws InterruptedException {
        long sum = 0;
        long count = 0;
        for (int left = last; left > 0; ) {
            Token token = pipe.take();
            sum += token.number;
            if (token == Token.LAST) {
                left--;
            }
            tally.count(number, ++count);
        }
        tally.received(sum);
    }

    @Override
    public void select(int channels) {
        switch (kind) {
            case "channel" -> selectOurs(channels);
            case "jox" -> selectJox(channels);
            default -> throw new IllegalArgumentException("no select of " + kind);
        }
    }

    private void selectOurs(int channels) {
        Sink sink = new Sink(channels);
        Select select = Select.create();
        for (int i = 0; i < channels; i++) {
            Channel<Token> channel = Channel.unbuffered();
            select.receive(channel, sink);
            start(number -> send(Pipes.of(channel)));
        }
        start(number -> {
            for (long count = 0; sink.left > 0; tally.count(number, ++count)) {
                select.run();
            }
            tally.received(sink.sum);
        });
    }

    private void selectJox(int channels) {
        Sink sink = new Sink(channels);
        List<SelectClause<Token>> clauses = new ArrayList<>();
        for (int i = 0; i < channels; i++) {
            JoxPipe pipe = new JoxPipe(JoxPipe.channel(0));
            clauses.add(pipe.channel().receiveClause());
            start(number -> send(pipe));
        }
        @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a generic type can be made
        SelectClause<Token>[] all = clauses.toArray(new SelectClause[0]);
        start(number -> {
            for (long count = 0; sink.left > 0; tally.count(number, ++count)) {
                sink.accept(com.softwaremill.jox.Select.select(all));
            }
            tally.received(sink.sum);
        });
    }

    /// Of one who selects.
    private static final class Sink implements Consumer<Token> {
        private int left;
        private long sum;

        /// @param last after how many last values it is over
        Sink(int last) {
            left = last;
        }

        @Override
        public void accept(Token token) {
            sum += token.number;
            if (token == Token.LAST) {
                left--;
            }
        }
    }

    // Each a loop of its own, so that its calls go one way alone.

    @Override
    public void alone() {
        Pipe pipe = Pipes.make(kind, CAPACITY);
        start(number -> {
            for (long count = 0; !tally.isOver(); tally.count(number, ++count)) {
                Token token = Token.at((int) count);
                pipe.put(token);
                expect(pipe.take() == token);
            }
        });
    }

    @Override
    public void attempts() {
        Pipe pipe = Pipes.make(kind, CAPACITY);
        start(number -> {
            for (long count = 0; !tally.isOver(); tally.count(number, ++count)) {
                Token token = Token.at((int) count);
                expect(pipe.offer(token));
                expect(pipe.poll() == token);
            }
        });
    }

    @Override
    public void misses() {
        Pipe pipe = Pipes.make(kind, CAPACITY);
        start(number -> {
            for (long count = 0; !tally.isOver(); tally.count(number, ++count)) {
                expect(pipe.poll() == null);
            }
        });
    }

    static void expect(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not what was sent");
        }
    }

    @Override
    public void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
