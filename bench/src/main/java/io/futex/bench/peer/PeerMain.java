package io.futex.bench.peer;

import io.futex.bench.experiment.Experiments;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The JVM of a [JavaPeer]: reads requests, writes replies, until its input ends.
public final class PeerMain {
    static final String END = ".";
    static final String FAILURE = "! ";

    private PeerMain() {}

    /// Serves one [JavaPeer].
    ///
    /// @param args unused
    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err); // whatever a library prints is no answer
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Experiments experiments = new Experiments()) {
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                Reply reply = new Reply();
                try {
                    experiments.run(Request.parse(line), reply);
                    reply.lines().forEach(answers::println);
                    answers.println(END);
                } catch (Exception | LinkageError | AssertionError e) {
                    answers.println(FAILURE + e.toString().replace('\n', ' '));
                }
                answers.flush();
            }
        }
    }
}
