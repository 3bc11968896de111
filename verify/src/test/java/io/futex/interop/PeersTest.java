package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.futex.FutexWord;
import io.futex.contract.Scale;
import io.futex.sync.Event;
import io.futex.sync.Semaphore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The peers of `interop` in other languages than C, as its README says how to run them.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PeersTest {
    private static final Path INTEROP =
            Path.of("..", "interop").toAbsolutePath().normalize();
    private static final int ROUNDS = Scale.of(2_000, 200_000);
    private static final long BYTES = 4096;

    @TempDir
    private Path folder;

    @Test
    void python() throws Exception {
        require("python3", "--version", "python3");
        assertMeets("python3", "-B", INTEROP.resolve("python/peer.py").toString());
    }

    @Test
    void rust() throws Exception {
        require("rustc", "--version", "rustc");
        String peer = folder.resolve("peer").toString();
        run(folder, "rustc", "--edition", "2021", "-O", "-D", "warnings", "-o", peer, INTEROP + "/rust/peer.rs");
        assertMeets(peer);
    }

    @Test
    void go() throws Exception {
        require("go", "version", "golang");
        String peer = folder.resolve("peer").toString();
        run(INTEROP.resolve("go"), "go", "vet", "./...");
        run(INTEROP.resolve("go"), "go", "build", "-o", peer, ".");
        assertMeets(peer);
    }

    private void assertMeets(String... command) throws Exception {
        Path file = folder.resolve("words");
        Files.write(file, new byte[(int) BYTES]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
            Process peer = new ProcessBuilder(
                            Stream.concat(Stream.of(command), Stream.of(file.toString(), Integer.toString(ROUNDS)))
                                    .toList())
                    .redirectErrorStream(true)
                    .start();
            try {
                play(memory, peer);
                String said = new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(said.strip()).isEqualTo("ok " + ROUNDS);
                assertThat(peer.waitFor()).isZero();
            } finally {
                peer.destroyForcibly().waitFor();
            }
        }
    }

    private static void play(MemorySegment memory, Process peer) throws Exception {
        Event gate = Event.shared(memory, 0, false);
        FutexWord word = FutexWord.shared(memory, 64);
        Semaphore asked = Semaphore.shared(memory, 128);
        Semaphore answered = Semaphore.shared(memory, 192);
        Event ping = Event.shared(memory, 256, true);
        Event pong = Event.shared(memory, 320, true);
        gate.set();
        for (int i = 0; i < ROUNDS; i++) {
            word.setRelease(2 * i + 1);
            int unused = word.wakeOne();
            while (word.getAcquire() == 2 * i + 1) {
                var unusedResult = word.await(2 * i + 1, 1, TimeUnit.SECONDS);
                requireAlive(peer);
            }
            assertThat(word.getAcquire()).isEqualTo(2 * i + 2);

            asked.release();
            while (!answered.tryAcquire(1, TimeUnit.SECONDS)) {
                requireAlive(peer);
            }

            ping.set();
            while (!pong.await(1, TimeUnit.SECONDS)) {
                requireAlive(peer);
            }
        }
        assertThat(gate.isSet()).isFalse();
    }

    private static void requireAlive(Process peer) throws IOException {
        if (!peer.isAlive()) {
            throw new AssertionError(
                    "the peer has ended: " + new String(peer.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void require(String tool, String argument, String installed) throws InterruptedException {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "the peers are for Linux");
        try {
            Process process = new ProcessBuilder(tool, argument)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() == 0) {
                return;
            }
        } catch (IOException e) {
            // not there
        }
        abort("SKIPPED: no " + tool + "; install the package " + installed + " to run its peer");
    }

    private static void run(Path directory, String... command) throws Exception {
        Process process = new ProcessBuilder(List.of(command))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
