package io.futex.channel;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// One party waits by a node and may give up at any moment, the other claims it. It does not sleep, so that this is
/// over in no time.
public class ChannelClaim {
    /// Long enough for most to meet.
    private static final int LOOKS = 400;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.privateLookupIn(Waiter.class, MethodHandles.lookup())
                    .findVarHandle(Waiter.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the code that this is made for", e);
        }
    }

    private ChannelClaim() {}

    /// What is sent.
    static final class Box {
        int content = 1;
    }

    /// Whether the node's waiter was claimed within some time; if not, it has given up.
    static boolean isClaimed(Channel<?> channel, Node node) {
        for (int i = 0; i < LOOKS && (int) STATE.getVolatile(node.waiter) < 0; i++) {
            Thread.onSpinWait();
        }
        if (node.waiter.claim(Waiter.CANCELLED) >= 0) {
            return true;
        }
        channel.takeBack(node);
        return false;
    }

    static void awaitFlag(Channel<?> channel, long flag) {
        for (int i = 0; i < LOOKS && (channel.state & flag) == 0; i++) {
            Thread.onSpinWait();
        }
    }

    static int content(@Nullable Object box) {
        return box instanceof Box b ? b.content : -1;
    }

    /// The receiver waits: the value is in the node before the claim.
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "sent and received")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the receiver has given up, or came too late")
    @Outcome(id = "1, -1", expect = FORBIDDEN, desc = "claimed before the value was written")
    @Outcome(expect = FORBIDDEN, desc = "lost, or not all of it")
    @State
    public static class OfReceiver {
        private final Channel<Box> channel = Channel.unbuffered();
        private final Node node = Node.forCall(null);

        /// Waits.
        @Actor
        public void receiver(II_Result r) {
            Object result = channel.receive(false, node);
            if (result == Step.JOINED && isClaimed(channel, node)) {
                r.r2 = content(node.item);
            }
        }

        /// Sends if somebody waits.
        @Actor
        public void sender(II_Result r) {
            awaitFlag(channel, Sections.RECEIVERS);
            r.r1 = channel.send(new Box(), false, null) == Step.DONE ? 1 : 0;
        }
    }

    /// The sender waits: the value is taken from the node before the claim. Afterwards the node is the sender's own,
    /// who may put the next value there, as a select does.
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "sent and received")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the sender has given up, or came too late")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "claimed, and then the value was gone")
    @Outcome(expect = FORBIDDEN, desc = "lost, or not all of it")
    @State
    public static class OfSender {
        private final Channel<Box> channel = Channel.unbuffered();
        private final Node node = Node.forCall(new Box());

        /// Waits.
        @Actor
        public void sender(II_Result r) {
            Box box = (Box) node.item;
            if (box != null && channel.send(box, false, node) == Step.JOINED && isClaimed(channel, node)) {
                r.r1 = 1;
            }
            node.item = null;
        }

        /// Receives if somebody waits.
        @Actor
        public void receiver(II_Result r) {
            awaitFlag(channel, Sections.SENDERS);
            Object result = channel.receive(false, null);
            r.r2 = result == Step.NONE ? 0 : content(result);
        }
    }
}
