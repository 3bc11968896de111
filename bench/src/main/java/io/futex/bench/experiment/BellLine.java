package io.futex.bench.experiment;

import io.futex.FutexWord;
import java.util.function.BooleanSupplier;

/// Both ends look at one word, which holds the last message, as the ends of [WordLine] do; but each sleeps on a bell of
/// its own, so that who sends wakes only who sleeps.
final class BellLine implements Line {
    private final FutexWord word;
    private final Bell own;
    private final Bell other;
    private final BooleanSupplier changed;
    private int last = PONG;

    /// @param word zero at the begin
    /// @param own of this end
    /// @param other of the other end
    BellLine(FutexWord word, Bell own, Bell other) {
        this.word = word;
        this.own = own;
        this.other = other;
        this.changed = () -> word.getAcquire() != last;
    }

    @Override
    public void send(int message) {
        last = message;
        word.setRelease(message);
        other.ring().run();
    }

    @Override
    public int receive() throws InterruptedException {
        int message;
        while ((message = word.getAcquire()) == last) {
            own.sleep().until(changed);
        }
        return message;
    }
}
