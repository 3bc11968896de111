package io.futex.sync;

import io.futex.memory.ModelScheduler;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// What the models of this package share.
final class Model {
    private Model() {}

    /// Runs threads to their end, inside of Lincheck, which looks at the failures of its main thread only.
    static void run(Runnable... bodies) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread[] threads = new Thread[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            Runnable body = bodies[i];
            threads[i] = new Thread(() -> {
                try {
                    body.run();
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            threads[i].start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    /// Draws so many interleavings by lot.
    ///
    /// @param one makes words of the scheduler that it is given, runs threads in it, and checks what is left
    static void draw(int runs, Consumer<ModelScheduler> one) {
        for (long seed = 0; seed < runs; seed++) {
            one.accept(new ModelScheduler(seed));
        }
    }

    /// Not AssertJ, which the model checker would look into.
    static void check(boolean ok, String otherwise) {
        if (!ok) {
            throw new AssertionError(otherwise);
        }
    }
}
