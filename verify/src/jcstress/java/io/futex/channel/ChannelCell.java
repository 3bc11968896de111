package io.futex.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/// A cell, which goes from a party to its partner, back, and on to the next party: that is the partner too here, and it
/// serves itself, so that two threads do.
public class ChannelCell {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private ChannelCell() {}

    /// What is sent.
    static final class Box {
        final int number;
        int content;

        Box(int number) {
            this.number = number;
            content = number;
        }

        static int content(Object box) {
            return box instanceof Box b && b.content == b.number ? b.content : -1;
        }
    }

    /// What has come, or 0 if nothing has.
    static int receive(Channel<Box> channel) {
        try {
            return channel.tryReceive(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) instanceof Received.Value<Box> value
                    ? Box.content(value.value())
                    : 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// 1 if somebody has taken it.
    static int send(Channel<Box> channel) {
        try {
            return channel.trySend(new Box(1), LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// The cell of the receivers: `DONE` after the value was written, `FREE` after it was taken.
    ///
    /// A `FREE` before the value is taken is seen here only if a thread is stopped right between the two: the next one
    /// takes longer to enter the cell and to be served than its owner to go on. `ChannelStatesTest` stops it there.
    @JCStressTest
    @Outcome(
            id = {"1, 1, 2", "1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "received; and the next too, if it got the cell")
    @Outcome(expect = FORBIDDEN, desc = "lost, of another, or not all of it")
    @State
    public static class OfReceivers {
        private final Channel<Box> channel = Channel.unbuffered();

        /// Receives, in the cell.
        @Actor
        public void receiver(III_Result r) {
            r.r1 = receive(channel);
        }

        /// Sends to it, and then enters the cell.
        @Actor
        public void next(III_Result r) {
            r.r2 = send(channel);
            Object entered = channel.receive(true, null);
            if (entered != Step.NONE) {
                Step sent = channel.send(new Box(2), false, null);
                Object value = channel.received;
                channel.received = null;
                Sections.RECEIVER.lazySet(channel, Sections.FREE);
                r.r3 = sent == Step.DONE && value != null ? Box.content(value) : -1;
            }
        }
    }

    /// The cell of the senders: `DONE` after the value was taken, `FREE` after that was seen.
    @JCStressTest
    @Outcome(
            id = {"1, 1, 2", "1, 1, 0"},
            expect = ACCEPTABLE,
            desc = "sent; and the next too, if it got the cell")
    @Outcome(expect = FORBIDDEN, desc = "lost, of another, or not all of it")
    @State
    public static class OfSenders {
        private final Channel<Box> channel = Channel.unbuffered();

        /// Sends, in the cell.
        @Actor
        public void sender(III_Result r) {
            r.r1 = send(channel);
        }

        /// Receives from it, and then enters the cell.
        @Actor
        public void next(III_Result r) {
            r.r2 = receive(channel);
            Step entered = channel.send(new Box(2), true, null);
            if (entered != Step.NONE) {
                r.r3 = Box.content(channel.receive(false, null));
                Sections.SENDER.lazySet(channel, Sections.FREE);
            }
        }
    }

    /// One waits in the cell, while another gives up in the queue: that must not make the flag forget the cell.
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "can be found")
    @Outcome(expect = FORBIDDEN, desc = "waits, and nobody is told")
    @State
    public static class BesideTheQueue {
        private final Channel<Box> channel = Channel.unbuffered();
        private final Node node = Node.forCall(null);

        /// Waits in the cell.
        @Actor
        public void inCell() {
            Object unused = channel.receive(true, null);
        }

        /// Waits in the queue, and gives up.
        @Actor
        public void inQueue() {
            Object unused = channel.receive(false, node);
            boolean unusedToo = ChannelClaim.isClaimed(channel, node);
        }

        /// Looks for who waits.
        @Arbiter
        public void after(I_Result r) {
            r.r1 = channel.trySend(new Box(1)) ? 1 : 0;
        }
    }
}
