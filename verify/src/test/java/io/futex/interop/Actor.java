package io.futex.interop;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Somebody who does with a mapped file of synchronizers what it is told, one call after the other, and says what has
/// come of it. A call is `OPERATION OFFSET [NUMBER [MILLISECONDS]]`, as `peer.c` has it.
abstract class Actor implements AutoCloseable {
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

    /// Begins a call.
    abstract void begin(String call);

    /// Returns once the actor sleeps on a word.
    abstract void awaitAsleep(long offset);

    @Override
    public abstract void close();

    final void answered(String answer) {
        answers.add(answer);
    }

    /// Waits for the end of a call.
    ///
    /// @return what has come of it
    final String answer() throws InterruptedException {
        String answer = answers.poll(1, TimeUnit.MINUTES);
        if (answer == null) {
            throw new AssertionError("still waits: a lost wake?");
        }
        return answer;
    }

    final boolean hasAnswered() {
        return !answers.isEmpty();
    }

    final String ask(String call) throws InterruptedException {
        begin(call);
        return answer();
    }
}
