package io.futex.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A program that is not in Java; one process a request.
///
/// @param program as [Compiler] made it
public record NativePeer(Path program) implements Peer {
    @Override
    public Reply run(Request request) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(program.toString()),
                        Stream.of(request.toString().split(" ", -1)))
                .toList();
        return Reply.parse(output(command).lines().toList());
    }

    /// Runs a program to its end.
    ///
    /// @return what it said
    /// @throws IOException if it failed, or did not end in two minutes
    public static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Watchdog watchdog = new Watchdog(process)) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (watchdog.hasActed()) {
                throw new IOException(Watchdog.SILENT + String.join(" ", command));
            }
            if (status != 0) {
                throw new IOException(Path.of(command.get(0)).getFileName() + ": "
                        + output.lines().findFirst().orElse("") + " (exit status " + status + ")");
            }
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
