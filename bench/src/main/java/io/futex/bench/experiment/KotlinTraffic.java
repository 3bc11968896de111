package io.futex.bench.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import kotlin.Unit;
import kotlin.coroutines.Continuation;
import kotlin.jvm.functions.Function2;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.CoroutineDispatcher;
import kotlinx.coroutines.CoroutineStart;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.ExecutorsKt;
import kotlinx.coroutines.GlobalScope;
import kotlinx.coroutines.Job;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.Channel;
import kotlinx.coroutines.channels.ChannelKt;
import kotlinx.coroutines.channels.ReceiveChannel;
import kotlinx.coroutines.channels.SendChannel;
import kotlinx.coroutines.selects.SelectImplementation;
import org.jspecify.annotations.Nullable;

/// A coroutine for each party, on Kotlin's default dispatcher, which has as many threads as there are processors; or,
/// in the place of platform threads, on a pool of as many.
final class KotlinTraffic implements Traffic {
    private static final Function2<Token, Continuation<? super Token>, Object> THEN = (token, unused) -> token;

    private final boolean virtual;
    private final Tally tally;
    private final List<KotlinCoroutine.Body> parties = new ArrayList<>();
    private CountDownLatch end = new CountDownLatch(0);
    private @Nullable ExecutorService pool;

    KotlinTraffic(boolean virtual, Tally tally) {
        this.virtual = virtual;
        this.tally = tally;
    }

    /// Starts all parties.
    private void start() {
        CoroutineDispatcher dispatcher = Dispatchers.getDefault();
        if (!virtual) {
            pool = Executors.newFixedThreadPool(parties.size());
            dispatcher = ExecutorsKt.from(pool);
        }
        end = new CountDownLatch(parties.size());
        for (KotlinCoroutine.Body party : parties) {
            Job job = BuildersKt.launch(
                    GlobalScope.INSTANCE, dispatcher, CoroutineStart.DEFAULT, new KotlinCoroutine(party));
            job.invokeOnCompletion(failure -> {
                if (failure != null) {
                    tally.fail(failure);
                }
                end.countDown();
                return Unit.INSTANCE;
            });
        }
    }

    private static Channel<Token> channel(int capacity) {
        return ChannelKt.Channel(capacity, BufferOverflow.SUSPEND, null);
    }

    @Override
    public void transfer(int capacity, int senders, int receivers) {
        Channel<Token> channel = channel(capacity);
        for (int i = 0; i < senders; i++) {
            parties.add(new Sender(channel));
        }
        for (int i = 0; i < receivers; i++) {
            parties.add(new Receiver(parties.size(), senders / receivers, channel::receive));
        }
        start();
    }

    @Override
    public void select(int channels) {
        List<ReceiveChannel<Token>> all = new ArrayList<>();
        for (int i = 0; i < channels; i++) {
            Channel<Token> channel = channel(0);
            all.add(channel);
            parties.add(new Sender(channel));
        }
        parties.add(new Receiver(channels, channels, self -> {
            SelectImplementation<Token> select = new SelectImplementation<>(self.getContext());
            for (ReceiveChannel<Token> channel : all) {
                select.invoke(channel.getOnReceive(), THEN);
            }
            return select.doSelect(self);
        }));
        start();
    }

    @Override
    public void alone() {
        Channel<Token> channel = channel(ThreadTraffic.CAPACITY);
        parties.add((result, self) -> {
            for (long count = 0; !tally.isOver(); tally.count(0, ++count)) {
                Token token = Token.at((int) count);
                ThreadTraffic.expect(channel.send(token, self) == Unit.INSTANCE);
                ThreadTraffic.expect(channel.receive(self) == token);
            }
            return Unit.INSTANCE;
        });
        start();
    }

    @Override
    @SuppressWarnings("deprecation") // Java cannot name trySend and tryReceive of Kotlin; these call them
    public void attempts() {
        Channel<Token> channel = channel(ThreadTraffic.CAPACITY);
        parties.add((result, self) -> {
            for (long count = 0; !tally.isOver(); tally.count(0, ++count)) {
                Token token = Token.at((int) count);
                ThreadTraffic.expect(channel.offer(token));
                ThreadTraffic.expect(channel.poll() == token);
            }
            return Unit.INSTANCE;
        });
        start();
    }

    @Override
    @SuppressWarnings("deprecation") // as above
    public void misses() {
        Channel<Token> channel = channel(ThreadTraffic.CAPACITY);
        parties.add((result, self) -> {
            for (long count = 0; !tally.isOver(); tally.count(0, ++count)) {
                ThreadTraffic.expect(channel.poll() == null);
            }
            return Unit.INSTANCE;
        });
        start();
    }

    @Override
    public void join() throws InterruptedException {
        end.await();
        if (pool != null) {
            pool.shutdown();
        }
    }

    private final class Sender implements KotlinCoroutine.Body {
        private final SendChannel<Token> channel;
        private long sum;
        private int count;
        private boolean hasEnded;

        Sender(SendChannel<Token> channel) {
            this.channel = channel;
        }

        @Override
        public Object proceed(Object result, Continuation<Object> self) {
            while (!hasEnded) {
                hasEnded = tally.isOver();
                Token token = hasEnded ? Token.LAST : Token.at(count++);
                sum += token.number;
                Object sent = send(token, self);
                if (sent != Unit.INSTANCE) {
                    return sent; // the mark
                }
            }
            tally.sent(sum);
            return Unit.INSTANCE;
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // a continuation takes whatever
        private Object send(Token token, Continuation self) {
            return channel.send(token, self);
        }
    }

    /// A call by which one receives, and which may suspend.
    private interface Call {
        Object get(Continuation<Object> self);
    }

    private final class Receiver implements KotlinCoroutine.Body {
        private final int number;
        private final Call call;
        private int left;
        private long sum;
        private long count;

        /// @param last after how many last values it is over
        Receiver(int number, int last, Call call) {
            this.number = number;
            this.left = last;
            this.call = call;
        }

        @Override
        public Object proceed(Object result, Continuation<Object> self) {
            Object got = result instanceof Token ? result : call.get(self);
            while (got instanceof Token token) {
                sum += token.number;
                tally.count(number, ++count);
                if (token == Token.LAST && --left == 0) {
                    tally.received(sum);
                    return Unit.INSTANCE;
                }
                got = call.get(self);
            }
            return got; // the mark
        }
    }
}
