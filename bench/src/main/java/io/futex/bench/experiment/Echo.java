package io.futex.bench.experiment;

import io.futex.bench.os.Affinity;

/// The side that answers.
final class Echo {
    private Echo() {}

    /// Answers until it is told to stop.
    static void run(Line line) throws Exception {
        for (int message = line.receive(); message != Line.STOP; message = line.receive()) {
            if (message >= Line.PIN) {
                Affinity.pin(message - Line.PIN);
            } else if (message == Line.UNPIN) {
                Affinity.unpin();
            }
            line.send(Line.PONG);
        }
    }
}
