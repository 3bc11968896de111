package io.futex.bench.experiment;

import io.futex.FutexWord;
import java.util.concurrent.locks.LockSupport;

/// Both ends look at one word, which holds the last message.
final class WordLine implements Line {
    /// How to wait for a change of the word.
    private interface Patience {
        void await(FutexWord word, int last) throws InterruptedException;
    }

    /// Some 12 us on current x86-64: less than waking the other side on another processor takes.
    static final int LOOKS = 500;

    private final FutexWord word;
    private final Patience patience;
    private final boolean wakes;
    private int last = PONG;

    private WordLine(FutexWord word, boolean wakes, Patience patience) {
        this.word = word;
        this.wakes = wakes;
        this.patience = patience;
    }

    /// One end of a line.
    ///
    /// @param word zero at the begin
    /// @param shared whether the other end is another process
    static Line of(String kind, FutexWord word, boolean shared) {
        return switch (kind) {
            case "futex" -> new WordLine(word, true, FutexWord::await);
            case "futex-uninterruptible" -> new WordLine(word, true, FutexWord::awaitUninterruptibly);
            case "futex-look" -> new WordLine(word, true, WordLine::lookThenAwait);
            case "bare" -> new BareLine(word.segment(), shared);
            // The shortest sleep there is; some 55 us with the usual timer slack.
            case "poll" -> new WordLine(word, false, (unused, last) -> LockSupport.parkNanos(1));
            // Takes a whole processor while it waits.
            case "spin" -> new WordLine(word, false, (unused, last) -> Thread.onSpinWait());
            default -> throw new IllegalArgumentException("no hand-over " + kind);
        };
    }

    private static void lookThenAwait(FutexWord word, int last) throws InterruptedException {
        for (int i = 0; i < LOOKS; i++) {
            if (word.get() != last) {
                return;
            }
            Thread.onSpinWait();
        }
        word.await(last);
    }

    @Override
    public void send(int message) {
        last = message;
        word.set(message);
        if (wakes) {
            word.wakeOne();
        }
    }

    @Override
    public int receive() throws InterruptedException {
        int message;
        while ((message = word.get()) == last) {
            patience.await(word, last);
        }
        return message;
    }
}
