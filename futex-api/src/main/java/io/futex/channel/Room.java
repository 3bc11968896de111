package io.futex.channel;

/// Room on the stack. Who sleeps where others find it must have some left to leave again: else they hand their values
/// to nobody. So it makes sure before, where nothing has happened yet. It takes 25 ns, which are lost on one who does
/// not sleep.
final class Room {
    /// More than leaving takes, whether the compiler has done with it or not.
    private static final int FRAMES = 40;

    private Room() {}

    /// Fails here, or not on the way out: with a [StackOverflowError].
    static void require() {
        long unused = descend(FRAMES, 1, 2, 3);
    }

    /// Calls itself, so that the compiler cannot do without the frames.
    private static long descend(int frames, long a, long b, long c) {
        return frames == 0 ? a : descend(frames - 1, b, c, a) + frames;
    }
}
