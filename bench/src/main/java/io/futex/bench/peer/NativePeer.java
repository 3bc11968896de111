package io.futex.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A program that is not in Java; one process a request.
public final class NativePeer implements Peer {
    private static final long PATIENCE_SECONDS = 120;

    private final Path program;

    /// @param program as [Compiler] made it
    public NativePeer(Path program) {
        this.program = program;
    }

    @Override
    public boolean warmsUp() {
        return false;
    }

    @Override
    public Reply run(Request request) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        Collections.addAll(command, request.toString().split(" ", -1));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Watchdog watchdog = new Watchdog(process, PATIENCE_SECONDS)) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (watchdog.hasActed()) {
                throw new IOException("no answer in " + PATIENCE_SECONDS + " s: " + request);
            }
            if (status != 0) {
                throw new IOException(program.getFileName() + ": " + output.strip() + " (exit status " + status + ")");
            }
            return Reply.parse(output.lines().toList());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {}
}
