package io.futex.contract;

import java.util.concurrent.locks.LockSupport;

/// A thread of a class that overrides what has to do with interrupts.
final class OverridingThread extends Thread {
    /// What it overrides.
    enum Kind {
        NEVER_INTERRUPTED,
        ALWAYS_INTERRUPTED,
        SLOW_TO_INTERRUPT,
        EQUAL_TO_ALL
    }

    private final Kind kind;

    private OverridingThread(Kind kind, Runnable body) {
        super(body);
        this.kind = kind;
        setName("ftx-o" + threadId()); // short, as that of a Waiter
        setDaemon(true);
    }

    static Thread start(Kind kind, Runnable body) {
        Thread thread = new OverridingThread(kind, body);
        thread.start();
        return thread;
    }

    @Override
    public boolean isInterrupted() {
        return switch (kind) {
            case NEVER_INTERRUPTED -> false;
            case ALWAYS_INTERRUPTED -> true;
            default -> super.isInterrupted();
        };
    }

    @Override
    public void interrupt() {
        if (kind == Kind.SLOW_TO_INTERRUPT) {
            LockSupport.parkNanos(5_000_000);
        }
        super.interrupt();
    }

    @Override
    public boolean equals(Object other) {
        return kind == Kind.EQUAL_TO_ALL || this == other;
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
