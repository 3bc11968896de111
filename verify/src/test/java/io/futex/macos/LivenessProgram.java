package io.futex.macos;

import io.futex.Futex;
import io.futex.process.Suite;
import java.util.stream.Stream;

/// A program that runs what asks who has ended, on the macOS backend over the shim library.
public final class LivenessProgram {
    private LivenessProgram() {}

    /// @param arguments none
    public static void main(String[] arguments) {
        if (!Futex.shared().backend().equals("macos")) {
            throw new AssertionError("it is " + Futex.shared());
        }
        Suite.runAndExit(
                false,
                Stream.of("Here", "RobustLooking", "RobustOnce").map(name -> "io.futex.shared." + name + "Test"));
    }
}
