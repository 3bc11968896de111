package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

/// Calls on a thread of a little stack, a given number of frames down.
public final class LittleStack {
    private static final int STACK_BYTES = 256 << 10;
    private static final int MOST_FRAMES = 1 << 16;

    /// How many frames the last call of [#down] was from its bottom: read after the end of its thread.
    private static int left;

    private LittleStack() {}

    /// Makes a call where little is left of the stack.
    ///
    /// @param above how many frames above the depth at which nothing is left. That depth is found anew each time: once
    ///     the frames are compiled more of them fit, and a depth from before would overflow nothing.
    /// @param afterOverflow called by the same thread, with all of its stack, if the stack has ended in `call`
    /// @return whether it has not, and the thread has come to its end
    public static boolean call(int above, Runnable call, Runnable afterOverflow) throws InterruptedException {
        int depth = limit() - above;
        return call(() -> down(depth, call), afterOverflow);
    }

    /// As above, with all of the stack.
    public static boolean call(Runnable call, Runnable afterOverflow) throws InterruptedException {
        boolean[] ended = new boolean[1];
        Throwable[] thrown = new Throwable[1];
        Runnable body = () -> {
            try {
                call.run();
                ended[0] = true;
            } catch (StackOverflowError e) {
                afterOverflow.run();
            }
        };
        Thread thread = new Thread(null, body, "little stack", STACK_BYTES);
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((unused, e) -> thrown[0] = e);
        thread.start();
        thread.join(TimeUnit.SECONDS.toMillis(60));
        assertThat(thrown[0]).isNull();
        return ended[0] && !thread.isAlive();
    }

    private static int limit() throws InterruptedException {
        assertThat(call(() -> down(MOST_FRAMES, () -> {}), () -> {}))
                .as("a stack without an end")
                .isFalse();
        return MOST_FRAMES - left;
    }

    /// Makes a call so many frames further down.
    public static void down(int depth, Runnable bottom) {
        left = depth;
        if (depth > 0) {
            down(depth - 1, bottom);
        } else {
            bottom.run();
        }
    }
}
