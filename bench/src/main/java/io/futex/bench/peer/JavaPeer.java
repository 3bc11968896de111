package io.futex.bench.peer;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A JVM that waits for requests on its standard input: [PeerMain].
public final class JavaPeer implements Peer {
    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private String lost = "";

    /// Starts the JVM, with the options and the class path of this one.
    ///
    /// @param more options
    public JavaPeer(List<String> more) throws IOException {
        process = new ProcessBuilder(Jvm.command(more, PeerMain.class))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        requests = process.outputWriter();
        answers = process.inputReader();
    }

    @Override
    public boolean warmsUp() {
        return true;
    }

    @Override
    public Reply run(Request request) throws IOException {
        if (!lost.isEmpty()) {
            throw new IOException(lost);
        }
        try (Watchdog watchdog = new Watchdog(process)) {
            requests.write(request.toString());
            requests.newLine();
            requests.flush();
            List<String> lines = new ArrayList<>();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.equals(PeerMain.END)) {
                    return Reply.parse(lines);
                }
                if (line.startsWith(PeerMain.FAILURE)) {
                    throw new IOException(line.substring(PeerMain.FAILURE.length()));
                }
                lines.add(line);
            }
            lost = (watchdog.hasActed() ? Watchdog.SILENT : "the JVM ended during: ") + request;
            throw new IOException(lost);
        }
    }

    @Override
    public void close() {
        try {
            requests.close(); // the end of its input is the end of its work
            if (process.waitFor(5, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It is gone already, or as good as gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
