package io.futex.bench.start;

/// What a JVM takes to start and end.
public final class Empty {
    private Empty() {}

    /// The program.
    ///
    /// @param args unused
    public static void main(String[] args) {}
}
