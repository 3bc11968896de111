package io.futex.shared;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.spi.Liveness;
import io.futex.spi.Machine;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who is still there, by the backend of this system.
@Timeout(value = 2, unit = MINUTES)
class HereTest {
    private final Here here = Here.get();
    private final Liveness liveness = Objects.requireNonNull(here.liveness());

    @TempDir
    private Path directory;

    @Test
    void aProcessIsKnownByItsIdAndItsStart() {
        assertThat(here.isAlive(here.process())).isTrue();
        assertThat(here.isAlive(here.process() + 1)).as("of another start").isFalse();
        assertThat(here.isAlive(here.process() & 0xFFFF_FFFFL)).as("process 0").isFalse();
        assertThat(here.isAlive(here.process() | 1L << 62)).as("no id").isFalse();
    }

    @Test
    void whoWasKilledIsGone() throws Exception {
        Process process = RobustProgram.jvm(directory.resolve("locks"), "look-hold", 0)
                .start(directory.resolve("out"), directory.resolve("err"));
        try {
            assertThat(liveness.startOf(process.pid())).isNotNegative();
        } finally {
            process.destroyForcibly();
        }
        Await.until("gone", () -> liveness.startOf(process.pid()) == Liveness.GONE);
    }

    @Test
    void aThreadIsThereUntilItEnds() throws Exception {
        AtomicInteger number = new AtomicInteger();
        AtomicLong start = new AtomicLong();
        Thread thread = Thread.ofPlatform().start(() -> {
            assertThat(liveness.hasEnded(liveness.thread(), liveness.threadStart()))
                    .isFalse();
            assertThat(liveness.hasEnded(liveness.thread(), Liveness.UNKNOWN)).isFalse();
            assertThat(liveness.hasEnded(liveness.thread(), liveness.threadStart() + 1))
                    .as("of another start")
                    .isTrue();
            start.set(liveness.threadStart());
            number.set(liveness.thread());
        });
        thread.join();
        assertThat(number.get()).as("all of the above is so").isNotZero();
        Await.until("ended", () -> liveness.hasEnded(number.get(), start.get()));
    }

    /// A file outlives its machine's boot, in which other processes had these ids.
    @Test
    void anotherBootIsNotedByWhoAttachesFirst() throws Exception {
        Path file = directory.resolve("region");
        RegionLayout layout = RegionLayout.builder().word("word").build();
        SharedRegion.create(file, layout).close();
        try (FileChannel channel = RegionFiles.open(file)) {
            assertThat(RegionHeader.machine(channel)).isEqualTo(here.machine());
            RegionHeader.setMachine(channel, new Machine(1, 2, 3));
            SharedRegion.attach(file, layout).close();
            assertThat(RegionHeader.machine(channel)).isEqualTo(here.machine());
        }
    }

    @Test
    void aBootThatIsNotKnownIsNoOther() {
        Machine one = new Machine(1, 2, 3);
        Machine unknown = Machine.of("?", 3);
        assertThat(one.isOfAnotherBoot(new Machine(1, 3, 3))).isTrue();
        assertThat(one.isOfAnotherBoot(new Machine(1, 2, 4))).isFalse();
        assertThat(one.isOfAnotherBoot(unknown)).isFalse();
        assertThat(unknown.isOfAnotherBoot(one)).isFalse();
        assertThat(Machine.of("00000000-0000-0001-0000-000000000002\n", 3)).isEqualTo(one);
    }
}
