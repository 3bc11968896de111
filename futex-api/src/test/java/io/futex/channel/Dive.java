package io.futex.channel;

/// Makes a call at every depth on the way back from the end of a little stack, until it has worked so often in a row.
/// What it counts is read once the thread has ended.
final class Dive {
    private static final int STACK_BYTES = 256 << 10;

    /// What is called.
    interface Call {
        void run() throws Exception;
    }

    private final Call call;
    private final int enough;
    private final Channel<?>[] watched;

    int worked;
    int failed;

    /// Of the channels that are watched: the next call would never end.
    long locked;

    Throwable wrong;

    /// @param enough how often in a row it is to work
    /// @param watched whose locks must be free after each call
    Dive(Call call, int enough, Channel<?>... watched) {
        this.call = call;
        this.enough = enough;
        this.watched = watched;
    }

    /// A thread that does it.
    ///
    /// @param others frames of another size, so that the stack ends elsewhere in a frame
    Thread start(int others) {
        Thread thread = new Thread(null, () -> dive(others), "little stack", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void dive(int others) {
        try {
            if (others > 0) {
                diveFromBelow(others - 1, 1L, 2L, 3L);
            } else {
                down();
            }
        } catch (StackOverflowError e) {
            // in the frames above that had no room to catch theirs
        }
    }

    @SuppressWarnings("unused") // they take room
    private void diveFromBelow(int others, long a, long b, long c) {
        dive(others);
    }

    @SuppressWarnings("InfiniteRecursion") // that is the purpose
    private void down() {
        try {
            down();
        } catch (StackOverflowError e) {
            if (worked < enough) {
                attempt();
            }
            throw e;
        }
    }

    private void attempt() {
        try {
            call.run();
            worked++;
        } catch (StackOverflowError e) {
            failed++;
            worked = 0;
        } catch (Throwable e) { // such as of a class whose initializer has failed so
            wrong = e;
        }
        for (Channel<?> channel : watched) { // no call, which might fail
            locked |= channel.state & Sections.LOCK;
        }
        if (locked != 0) {
            worked = enough;
        }
    }
}
