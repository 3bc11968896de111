package io.futex.bench.experiment;

import java.nio.file.Path;

/// The consuming process of a [RingConveyor].
public final class ConsumerMain {
    private ConsumerMain() {}

    /// Consumes until it is told to stop, or its parent is gone.
    ///
    /// @param args the strategy, and the file of the ring
    public static void main(String[] args) throws Exception {
        PongMain.endWithParent();
        RingConveyor.consume(args[0], Path.of(args[1]));
        Runtime.getRuntime().halt(0);
    }
}
