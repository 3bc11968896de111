package io.futex.examples;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Two JVM processes talk through two rings in mapped files: this one asks for so many numbers, the other one, which it
/// starts, sends them. Both sleep while they have nothing to do, and then use no processor time.
public final class TwoProcesses {
    private TwoProcesses() {}

    /// Without arguments: a million numbers, two seconds of idleness. The second process is this class with arguments.
    ///
    /// @param args none, or the two files
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            serve(Path.of(args[0]), Path.of(args[1]));
            return;
        }
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                TwoProcesses.class.getName());
        run(1_000_000, 2, command, new PrintWriter(System.out, true, System.out.charset()));
    }

    /// Asks for numbers, checks their sum, then leaves both processes without work for a while.
    ///
    /// @param count how many numbers, at least 1
    /// @param idleSeconds how long both have nothing to do
    /// @param command starts the second process, once the two files are appended
    /// @param out is told how long it took, and the processor time of both processes
    /// @throws IllegalArgumentException if `count` is below 1
    public static void run(long count, int idleSeconds, List<String> command, PrintWriter out)
            throws IOException, InterruptedException {
        if (count < 1) {
            throw new IllegalArgumentException("at least 1 number must be exchanged: " + count);
        }
        Path requestFile = Files.createTempFile("requests", ".ring");
        Path numberFile = Files.createTempFile("numbers", ".ring");
        List<String> complete = new ArrayList<>(command);
        complete.addAll(List.of(requestFile.toString(), numberFile.toString()));
        try (Arena arena = Arena.ofShared()) {
            NumberRing requests = NumberRing.open(requestFile, arena);
            NumberRing numbers = NumberRing.open(numberFile, arena);
            Process server = new ProcessBuilder(complete).inheritIO().start();
            CompletableFuture<Void> watch = server.onExit().thenAccept(TwoProcesses::failWith);
            try {
                exchange(requests, numbers, count, server, out);
                idle(requests, numbers, idleSeconds, server, out);
                requests.put(0);
                server.waitFor();
            } finally {
                if (server.isAlive()) { // one of the above has failed, and the other process waits for a request
                    watch.cancel(false);
                    server.destroyForcibly().onExit().join();
                }
            }
        } finally {
            Files.delete(requestFile);
            Files.delete(numberFile);
        }
    }

    private static void exchange(NumberRing requests, NumberRing numbers, long count, Process server, PrintWriter out)
            throws InterruptedException {
        requests.put(1);
        numbers.take(); // the other process is up
        Times before = Times.of(server);
        long begin = System.nanoTime();
        requests.put(count);
        long sum = 0;
        for (long i = 0; i < count; i++) {
            sum += numbers.take();
        }
        long nanos = System.nanoTime() - begin;
        if (sum != count * (count - 1) / 2) {
            throw new IllegalStateException("the sum of the numbers is wrong: " + sum);
        }
        out.printf("%,d numbers, sum right: %d ms, %d ns each%n", count, nanos / 1_000_000, nanos / count);
        show(out, before, Times.of(server));
    }

    private static void idle(NumberRing requests, NumberRing numbers, int seconds, Process server, PrintWriter out)
            throws InterruptedException {
        Thread taker = Thread.ofPlatform().start(() -> {
            try {
                numbers.take(); // asleep in this process, as the server is in its own
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Times before = Times.of(server);
        Times after;
        try {
            TimeUnit.SECONDS.sleep(seconds);
            after = Times.of(server);
        } finally {
            requests.put(1);
            taker.join();
        }
        out.printf("%d s with nothing to do, one thread of each process asleep on a word of the file%n", seconds);
        show(out, before, after);
    }

    /// The second process: sends as many numbers as it is asked for, until it is asked for none.
    private static void serve(Path requestFile, Path numberFile) throws IOException, InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            NumberRing requests = NumberRing.open(requestFile, arena);
            NumberRing numbers = NumberRing.open(numberFile, arena);
            for (long count = requests.take(); count > 0; count = requests.take()) {
                for (long i = 0; i < count; i++) {
                    numbers.put(i);
                }
            }
        }
    }

    private static void show(PrintWriter out, Times before, Times after) {
        out.printf(
                "  CPU time: %s in this process, %s in the other%n",
                between(before.here, after.here), between(before.there, after.there));
    }

    private static String between(@Nullable Duration before, @Nullable Duration after) {
        return before == null || after == null ? "unknown" : after.minus(before).toMillis() + " ms";
    }

    /// The processor time that both processes have used so far; null where the system does not tell.
    private record Times(@Nullable Duration here, @Nullable Duration there) {
        static Times of(Process other) {
            return new Times(of(ProcessHandle.current()), of(other.toHandle()));
        }

        private static @Nullable Duration of(ProcessHandle process) {
            return process.info().totalCpuDuration().orElse(null);
        }
    }

    /// Without it this process would sleep for ever on a ring that nobody fills.
    private static void failWith(Process server) {
        if (server.exitValue() != 0) {
            System.err.println("the second process failed");
            Runtime.getRuntime().halt(1);
        }
    }
}
