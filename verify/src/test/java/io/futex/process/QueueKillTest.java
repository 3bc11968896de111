package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.shared.SharedQueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Producers and consumers in Java and in C over one queue, which are stopped and killed anywhere, and replaced. No
/// record is torn or doubled; none is lost but with the consumer that was killed over it; and the rest go on.
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(Seed.class)
class QueueKillTest {
    private static final int CAPACITY = 8;

    /// What one producer sends at most.
    private static final int RANGE = 1 << 16;

    /// Every so often a JVM takes the place of who was killed, else a C program, which starts sooner.
    private static final int JVM_EVERY = 6;

    private static final int KILLS = Scale.of(12, 1_000);
    private static final int MOST_PRODUCERS = KILLS + 1_000;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final List<Process> all = new ArrayList<>();
    private final List<Process> killed = new ArrayList<>();
    private final Arena arena = Arena.ofShared();

    @TempDir
    private Path folder;

    private MemorySegment tallies;
    private int producers;
    private int killedConsumers;

    @BeforeEach
    void map() throws IOException {
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: the C program calls Linux's futex");
        Path file = folder.resolve("tallies");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            int unused = channel.write(ByteBuffer.allocate(8), 8L * RANGE * MOST_PRODUCERS - 8); // sparse
        }
        tallies = QueueProgram.map(file, arena);
    }

    @AfterEach
    void end() {
        all.forEach(Process::destroyForcibly);
        arena.close();
    }

    private SharedQueue make(SharedQueue.Kind kind) throws IOException {
        return SharedQueue.create(folder.resolve("queue"), kind, CAPACITY, Long.BYTES * QueueProgram.NUMBERS);
    }

    @ParameterizedTest
    @EnumSource
    void theRestGoOn(SharedQueue.Kind kind) throws Exception {
        int ends = kind == SharedQueue.Kind.SPSC ? 1 : 2;
        Process[] living = new Process[2 * ends];
        try (SharedQueue queue = make(kind)) {
            for (int i = 0; i < living.length; i++) {
                living[i] = start(i < ends, i % ends == 1 || ends == 1);
            }
            for (int i = 1; i <= KILLS; i++) {
                awaitMore();
                int victim = random.nextInt(living.length);
                LockSupport.parkNanos(random.nextInt(5_000_000));
                Process process = living[victim];
                if (random.nextInt(4) == 0) {
                    signal(process, "STOP");
                    LockSupport.parkNanos(random.nextInt(20_000_000));
                    if (random.nextBoolean()) {
                        signal(process, "CONT");
                    }
                }
                if (process.isAlive()) { // or it has sent all it could
                    killed.add(process);
                    killedConsumers += victim < ends ? 0 : 1;
                    process.destroyForcibly().waitFor();
                }
                living[victim] = start(victim < ends, i % JVM_EVERY == 0);
            }
            awaitMore();
            queue.shutdown();
            for (Process process : all) {
                assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
                if (!killed.contains(process)) {
                    assertThat(process.exitValue())
                            .as(Files.readString(folder.resolve("err" + all.indexOf(process)), StandardCharsets.UTF_8))
                            .isZero();
                }
            }
            assertThat(queue.size()).isZero();
        }
        assertThat(missing()).isLessThanOrEqualTo(killedConsumers);
    }

    /// One that is stopped is not.
    @ParameterizedTest
    @EnumSource
    void aDeadClaimIsPassedOver(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            Process dead = start("claim", false);
            Await.until("it has claimed", () -> queue.size() == 1);
            signal(dead, "STOP");
            queue.commit(queue.claim());
            assertThat(queue.tryTake(250, TimeUnit.MILLISECONDS)).isEqualTo(SharedQueue.NONE);
            dead.destroyForcibly();
            assertThat(queue.take()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatADeadOneHasTakenIsFree(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            for (int i = 0; i < CAPACITY; i++) {
                queue.commit(queue.claim());
            }
            Process dead = start("take", false);
            Await.until("it has taken", () -> queue.size() == CAPACITY - 1);
            signal(dead, "STOP");
            assertThat(queue.tryClaim(250, TimeUnit.MILLISECONDS)).isEqualTo(SharedQueue.NONE);
            dead.destroyForcibly();
            assertThat(queue.claim()).isEqualTo(CAPACITY);
            assertThat(queue.take()).as("not taken twice").isOne();
        }
    }

    /// Something more has come out.
    private void awaitMore() {
        long before = QueueProgram.tally(tallies, 0);
        Await.until("the queue goes on", () -> QueueProgram.tally(tallies, 0) > before);
    }

    /// How many were committed and have not come.
    private long missing() {
        long missing = 0;
        for (long producer = 1; producer <= producers; producer++) {
            long first = producer * RANGE + 1;
            long last = QueueProgram.tally(tallies, first - 1);
            for (long number = first; number < first + RANGE - 1; number++) {
                long times = QueueProgram.tally(tallies, number);
                assertThat(times).as("of number " + number).isBetween(0L, 1L);
                missing += number <= last && times == 0 ? 1 : 0;
                if (number > last + 1) {
                    assertThat(times).as("never sent").isZero();
                    break;
                }
            }
        }
        return missing;
    }

    private static void signal(Process process, String signal) throws Exception {
        int unused = new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    private Process start(boolean produces, boolean java) throws Exception {
        producers += produces ? 1 : 0;
        return start(produces ? "produce" : "consume", java);
    }

    private Process start(String role, boolean java) throws Exception {
        List<String> command = new ArrayList<>();
        if (java) {
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    ClassPath.ofTests(),
                    QueueProgram.class.getName()));
        } else {
            command.add(CProgram.compiled("queue").toString());
        }
        command.addAll(List.of(
                folder.resolve("queue").toString(),
                folder.resolve("tallies").toString(),
                role,
                String.valueOf((long) producers * RANGE + 1),
                String.valueOf(RANGE - 1)));
        Path out = folder.resolve("out" + all.size());
        Path err = folder.resolve("err" + all.size());
        Process process = java
                ? ForkedJvm.java(command.toArray(new String[0])).start(out, err)
                : new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
        all.add(process);
        return process;
    }
}
