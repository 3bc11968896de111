package io.futex.bench.experiment;

import java.nio.file.Path;

/// The answering process of the ping-pong of two processes.
public final class PongMain {
    private PongMain() {}

    /// Answers until it is told to stop, or its parent is gone.
    ///
    /// @param args the kind of line, and the file or socket
    public static void main(String[] args) throws Exception {
        String kind = args[0];
        Path file = Path.of(args[1]);
        if (!kind.equals("pipe")) {
            endWithParent();
        }
        Echo.run(
                switch (kind) {
                    case "pipe" -> new StreamLine(System.in, System.out);
                    case "socket" -> ChannelLine.connect(file);
                    default -> ProcessPartners.end(kind, file, false);
                });
        Runtime.getRuntime().halt(0); // the thread below may sit in a read
    }

    static void endWithParent() {
        Thread.ofPlatform().daemon().name("parent").start(() -> {
            try {
                while (System.in.read() >= 0) {
                    // nothing is ever sent
                }
            } catch (java.io.IOException e) {
                // as good as its end
            }
            Runtime.getRuntime().halt(1);
        });
    }
}
