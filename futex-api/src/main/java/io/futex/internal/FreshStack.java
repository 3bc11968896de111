package io.futex.internal;

import org.jspecify.annotations.Nullable;

/// A first use, on a thread with all the stack that it takes: an Error out of a class initialiser is one for ever, a
/// [NoClassDefFoundError] from then on, so no initialiser runs on what is left of a caller's stack. A class to extend,
/// since a lambda would cost every program a millisecond.
public abstract class FreshStack extends Thread {
    private static final long STACK_BYTES = 1 << 20;

    private @Nullable Throwable failure;

    /// @param name of the thread
    protected FreshStack(String name) {
        super(null, null, name, STACK_BYTES, false); // inherits nothing of its caller
    }

    /// What is to be done.
    protected abstract void use();

    @Override
    public final void run() {
        try {
            use();
        } catch (Throwable e) {
            failure = e;
        }
    }

    /// Does it, and throws what it throws. No interrupt ends it.
    public final void await() {
        setDaemon(true);
        start();
        boolean interrupted = false;
        while (isAlive()) {
            try {
                join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            currentThread().interrupt();
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
