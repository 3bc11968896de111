package io.futex.bench.experiment;

/// What goes through a channel.
final class Token {
    private static final int COUNT = 1024;
    private static final Token[] ALL = new Token[COUNT];

    static {
        for (int i = 0; i < COUNT; i++) {
            ALL[i] = new Token(i + 1);
        }
    }

    /// Tells a receiver that one sender sends no more.
    static final Token LAST = new Token(0);

    final int number;

    private Token(int number) {
        this.number = number;
    }

    /// Some other one each time.
    static Token at(int i) {
        return ALL[i & COUNT - 1];
    }
}
