package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.shared.SharedRegion;
import io.futex.sync.PMutex;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Regions between processes: many that make the same one, one that is killed while making it, and two that use one.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RegionTest {
    private static final int RACERS = 8;

    /// The calls before which the maker of a region is killed; by its architecture it makes one of several.
    private static final List<String> CALLS =
            List.of("pwrite64", "?link,?linkat", "?rename,?renameat,?renameat2", "?unlink,?unlinkat", "close");

    private static final List<String> ALL_CALLS = Stream.concat(
                    CALLS.stream(), Stream.of("?statx,?newfstatat", "openat", "mmap", "fcntl"))
            .toList();

    private final List<Process> children = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
    }

    /// Every second one finds an empty file.
    @Test
    void ofEightThatMakeItOneDoes() throws Exception {
        int rounds = Scale.of(40, 2_000);
        for (int round = 0; round < rounds; round += 2) {
            Files.createFile(folder.resolve("prize" + round));
        }
        for (int i = 1; i < RACERS; i++) {
            start("race", String.valueOf(RACERS), String.valueOf(rounds));
        }
        RegionProgram.race(folder, RACERS, rounds);
        for (Process child : children) {
            assertEnds(child);
        }
        for (int round = 0; round < rounds; round++) {
            try (SharedRegion region = SharedRegion.attach(folder.resolve("prize" + round), RegionProgram.PRIZE)) {
                assertThat(region.word("creators").get())
                        .as("in round " + round)
                        .isOne();
                assertThat(region.word("racers").get()).as("in round " + round).isEqualTo(RACERS);
            }
        }
        assertThat(leftovers()).isZero();
    }

    /// Whichever system call it was about to make: there is no region, or a whole one.
    @Test
    void aMakerThatIsKilledIsInNobodysWay() throws Exception {
        int whole = 0;
        int none = 0;
        for (String call : Scale.STORM ? ALL_CALLS : CALLS) {
            boolean killed = true;
            for (int n = 1; killed; n++) {
                boolean empty = call.contains("rename") || (Scale.STORM && n % 2 == 0);
                Path prize = folder.resolve("prize");
                Files.deleteIfExists(prize);
                if (empty) {
                    Files.createFile(prize);
                }
                // Before its first write a file is empty, and after it there is something that could be taken for one.
                int which = Scale.STORM ? (n + 1) / 2 : call.contains("write") ? 2 : 1;
                killed = isKilled(startWithInput("create"), call, which);
                boolean made = Files.exists(prize) && Files.size(prize) > 0;
                if (made) {
                    SharedRegion.attach(prize, RegionProgram.PRIZE).close();
                    whole++;
                } else {
                    assertThat(killed).isTrue();
                    none++;
                }
                try (SharedRegion region = SharedRegion.createOrAttach(prize, RegionProgram.PRIZE)) {
                    assertThat(region.isCreator()).isEqualTo(!made);
                    assertThat(region.slot("data").byteSize()).isEqualTo(100_000);
                }
                killed &= Scale.STORM;
            }
        }
        assertThat(none).as("killed before").isPositive();
        assertThat(whole).as("killed after").isPositive();
    }

    /// Before its n-th call from now on, if it comes to that.
    private boolean isKilled(Process maker, String calls, int n) throws Exception {
        Await.until("it is ready", () -> said("out").contains("ready"));
        Process tracer;
        try {
            tracer = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-p",
                            String.valueOf(maker.pid()),
                            "-e",
                            "trace=" + calls,
                            "-e",
                            "inject=" + calls + ":signal=KILL:when=" + n)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("trace").toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("SKIPPED: no strace; install it to kill a process at each of its system calls");
            return false;
        }
        children.add(tracer);
        Await.until("traced", () -> said("trace").contains("attached") || !tracer.isAlive());
        Assumptions.assumeTrue(
                tracer.isAlive() && !said("trace").contains("not permitted"),
                "SKIPPED: strace may not look into other processes here");
        try (OutputStream in = maker.getOutputStream()) {
            in.write('\n');
        }
        assertThat(maker.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(tracer.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return maker.exitValue() != 0;
    }

    @Test
    void eachKindOfSlotIsShared() throws Exception {
        try (SharedRegion region = SharedRegion.create(folder.resolve("all"), RegionProgram.ALL)) {
            region.waitGroup("waitGroup").add(1);
            Process child = start("share");
            assertThat(region.word("word").awaitChange(0)).isOne();
            PMutex mutex = region.mutex("mutex");
            mutex.lock();
            try {
                region.slot("bytes").set(ValueLayout.JAVA_INT, 0, 1);
                region.condition("condition").signal();
                while (region.slot("bytes").get(ValueLayout.JAVA_INT, 4) == 0) {
                    region.condition("condition").await();
                }
            } finally {
                mutex.unlock();
            }
            Await.until("it holds the lock", () -> region.word("word").get() == 2);
            assertThat(region.rwMutex("rwMutex").readLock().tryLock()).isFalse();
            region.semaphore("semaphore").release();
            assertThat(region.rwMutex("rwMutex").readLock().tryLock(1, TimeUnit.MINUTES))
                    .isTrue();
            region.event("auto").await();
            assertThat(region.once("once").isDone()).isTrue();
            region.event("manual").set();
            var unused = region.barrier("barrier").await();
            region.parker("parker").park();
            region.doorbell("doorbell").await(() -> region.word("word").get() == 4);
            region.waitGroup("waitGroup").await();
            assertThat(region.semaphore("semaphore").availablePermits()).isZero();
            assertEnds(child);
        }
    }

    @Test
    void anAnonymousRegionIsAttachedToByAnotherProcess() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: only Linux has memory files");
        try (SharedRegion region = SharedRegion.createAnonymous("futex test", RegionProgram.gate(2))) {
            Files.createSymbolicLink(folder.resolve(RegionProgram.GATE), region.path());
            Process child = start("race", "2", "1");
            var unused = region.barrier(RegionProgram.GATE).await();
            assertEnds(child);
        }
    }

    // ---- inside

    private ForkedJvm jvm(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ClassPath.ofTests(),
                RegionProgram.class.getName(),
                folder.toString()));
        command.addAll(List.of(arguments));
        return ForkedJvm.java(command.toArray(new String[0]));
    }

    private Process start(String... arguments) {
        Process child = jvm(arguments).start(folder.resolve("out"), folder.resolve("err" + children.size()));
        children.add(child);
        return child;
    }

    private Process startWithInput(String... arguments) {
        Process child = jvm(arguments).startWithInput(folder.resolve("out"), folder.resolve("err"));
        children.add(child);
        return child;
    }

    private void assertEnds(Process child) throws Exception {
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).as(said("err" + children.indexOf(child))).isZero();
    }

    private String said(String file) {
        try {
            return Files.readString(folder.resolve(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private long leftovers() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".new")).count();
        }
    }
}
