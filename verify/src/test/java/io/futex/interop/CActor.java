package io.futex.interop;

import io.futex.process.CProgram;
import io.futex.process.Sleeper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A process in C.
final class CActor extends Actor {
    private final Path file;
    private final Process process;
    private final BufferedWriter calls;

    CActor(Path file) throws IOException {
        this.file = file;
        process = new ProcessBuilder(CProgram.compiled("peer").toString(), file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        calls = process.outputWriter();
        Thread.ofPlatform().daemon().start(this::listen);
    }

    private void listen() {
        try (BufferedReader said = process.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                answered(line);
            }
        } catch (IOException e) {
            answered(e.toString());
        }
        answered("ended");
    }

    @Override
    void begin(String call) {
        try {
            calls.write(call + "\n");
            calls.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    void awaitAsleep(long offset) {
        Sleeper.await(process, file, offset);
    }

    /// By a signal that cannot be caught; returns once it is dead.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /// Waits until it has died by itself.
    void awaitDeath() throws InterruptedException {
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new AssertionError("still lives: nobody has woken it");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
