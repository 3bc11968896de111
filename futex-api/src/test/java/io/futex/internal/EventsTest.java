package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The events of a recording; it starts when the library has been in use for a while.
class EventsTest {
    private final Engine engine = Engine.portable();
    private final MemorySegment word = Arena.ofAuto().allocate(4, 4);

    @TempDir
    private Path folder;

    @Test
    void writesDownWaitsAndWakes() throws Exception {
        handOver(false); // before it begins
        Path file = folder.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("io.futex.Wait").withoutThreshold();
            recording.enable("io.futex.Wake");
            recording.start();
            handOver(false);
            handOver(true);
            assertThat(engine.wakeAll(word)).isZero(); // elided
            var unused = engine.wait(word, 0, 1, TimeUnit.MILLISECONDS);
            recording.stop();
            recording.dump(file);
        }
        handOver(false); // after its end
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(of(events, "io.futex.Wake"))
                .extracting(
                        event -> event.getString("scope"),
                        event -> event.getString("backend"),
                        event -> event.getInt("count"),
                        event -> event.getInt("woken"))
                .contains(tuple("local", "portable", 1, 1), tuple("local", "portable", 1, 1))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(of(events, "io.futex.Wait"))
                .extracting(event -> event.getString("result"), event -> event.getBoolean("virtual"))
                .containsExactly(tuple("WOKEN", false), tuple("WOKEN", true), tuple("TIMED_OUT", false));
        assertThat(of(events, "io.futex.Wait").getLast().getDuration().toNanos())
                .isGreaterThanOrEqualTo(1_000_000);
    }

    /// Nobody has asked for them.
    @Test
    void areOffByDefault() throws Exception {
        Path file = folder.resolve("nothing.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            handOver(false);
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .extracting(event -> event.getEventType().getName())
                .doesNotContain("io.futex.Wait", "io.futex.Wake");
    }

    private void handOver(boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> engine.wait(word, 0)).awaitAsleep(word);
        Await.until("woken", () -> engine.wakeOne(word) == 1);
        assertThat(waiter.result()).isNotNull();
    }

    private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .sorted(Comparator.comparing(RecordedEvent::getEndTime))
                .toList();
    }
}
