package io.futex.sync;

/// Threads that override what a synchronizer must not rely on, as frameworks do.
enum InterruptOverrides {
    /// One that tells nobody of its interrupts.
    HIDDEN,
    /// One that says it was interrupted.
    ALWAYS,
    /// One that takes its time over an interrupt.
    SLOW;

    private static final long SLOW_MILLIS = 5;

    Thread thread(String name, Runnable task) {
        Thread thread = switch (this) {
            case HIDDEN -> new Saying(task, false);
            case ALWAYS -> new Saying(task, true);
            case SLOW -> new Slow(task);
        };
        thread.setName(name);
        thread.setDaemon(true);
        return thread;
    }

    private static final class Saying extends Thread {
        private final boolean answer;

        Saying(Runnable task, boolean answer) {
            super(task);
            this.answer = answer;
        }

        @Override
        public boolean isInterrupted() {
            return answer;
        }
    }

    private static final class Slow extends Thread {
        Slow(Runnable task) {
            super(task);
        }

        @Override
        public void interrupt() {
            try {
                Thread.sleep(SLOW_MILLIS);
            } catch (InterruptedException e) {
                // is about to be interrupted anyway
            } finally {
                super.interrupt();
            }
        }
    }
}
