package io.futex.channel;

import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One case of a select, and its node in the queue of the channel.
final class Case extends Node {
    final Core channel;
    final boolean sends;

    /// Of a value that is asked for anew in each run.
    final @Nullable Supplier<?> supplier;

    /// Is given the value received, or whatever for one sent.
    private final Consumer<Object> then;

    private final @Nullable Runnable closed;

    /// The state of the channel when it was last looked at.
    long seen;

    private Case(
            Cases cases,
            Core channel,
            boolean sends,
            @Nullable Supplier<?> supplier,
            Consumer<Object> then,
            @Nullable Runnable closed) {
        super(cases.waiter, cases.size());
        this.channel = channel;
        this.sends = sends;
        this.supplier = supplier;
        this.then = then;
        this.closed = closed;
    }

    @SuppressWarnings("unchecked") // a channel carries what its type says
    static Case receiving(Cases cases, Core channel, Consumer<?> then, @Nullable Runnable closed) {
        return new Case(cases, channel, false, null, (Consumer<Object>) Objects.requireNonNull(then, "then"), closed);
    }

    static Case sending(
            Cases cases, Core channel, @Nullable Object value, @Nullable Supplier<?> supplier, Runnable then) {
        Objects.requireNonNull(then, "then");
        Case made = new Case(cases, channel, true, supplier, unused -> then.run(), null);
        made.item = value;
        return made;
    }

    boolean isReady(long s) {
        return sends ? channel.canSend(s) : Core.canReceive(s);
    }

    void askForValue() {
        if (supplier != null) {
            item = Objects.requireNonNull(supplier.get(), "the supplier of a value to send has returned null");
        }
    }

    /// Keeps nothing that is of this run alone.
    void forget() {
        if (!sends || supplier != null) {
            item = null;
        }
    }

    /// Does it, if it can be done at once.
    ///
    /// @param locked whether the lock is held, and kept
    /// @return what came of it, or `NONE`
    Object attempt(boolean locked) {
        if (!sends) {
            return locked ? channel.receiveHeld(false, null) : channel.receive(false, null);
        }
        Object value = item;
        if (value == null) {
            return Step.NONE;
        }
        return locked ? channel.sendHeld(value, false, null) : channel.send(value, false, null);
    }

    /// Runs the handler.
    ///
    /// @param outcome the value received, `DONE` or `CLOSED`
    void finish(Object outcome) {
        if (outcome != Step.CLOSED) {
            then.accept(outcome);
        } else if (closed != null) {
            closed.run();
        } else {
            throw new ChannelClosedException();
        }
    }
}
