package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// `futex_queue.h`, whose static assertions hold when it compiles, and Java say the same of a queue.
class QueueLayoutTest {
    private static final Path HEADER = Path.of("..", "interop", "c", "futex_queue.h");

    private static Map<String, Long> all(String pattern) throws Exception {
        Map<String, Long> found = new TreeMap<>();
        Matcher matcher = Pattern.compile(pattern).matcher(Files.readString(HEADER));
        while (matcher.find()) {
            found.put(matcher.group(1), Long.parseLong(matcher.group(2)));
        }
        return found;
    }

    @Test
    void sizesAreTheSame() throws Exception {
        assertThat(all("FUTEX_SYNC_SIZE\\((\\w+), (\\d+), 8\\);"))
                .isEqualTo(Map.of("futex_queue", Ring.SLOTS, "futex_queue_waits", Ring.ROOM - Ring.ITEMS));
        assertThat(all("#define (FUTEX_QUEUE_USERS) (\\d+)")).containsValue((long) Members.MOST);
        assertThat(all("#define (FUTEX_QUEUE_PATIENCE) INT64_C\\((\\d+)\\)")).containsValue(QueueEnd.PATIENCE_NANOS);
    }

    @Test
    void offsetsAreTheSame() throws Exception {
        assertThat(all("FUTEX_SYNC_OFFSET\\(\\w+, (\\w+), (\\d+)\\);"))
                .isEqualTo(Map.of(
                        "kind", Ring.KIND,
                        "capacity", Ring.CAPACITY,
                        "record_bytes", Ring.RECORD_BYTES,
                        "tail", Ring.TAIL,
                        "head", Ring.HEAD,
                        "items", Ring.ITEMS,
                        "room", Ring.ROOM,
                        "users", Ring.MEMBERS,
                        "sleepers", CountedWaits.SLEEPERS));
    }

    /// The first of them is 0.
    @Test
    void phasesAreTheSame() throws Exception {
        assertThat(Files.readString(HEADER))
                .contains("FUTEX_QUEUE_FREE, FUTEX_QUEUE_CLAIMED, FUTEX_QUEUE_FULL, FUTEX_QUEUE_TAKEN,"
                        + " FUTEX_QUEUE_PHASES");
        assertThat(Ring.PHASES).isEqualTo(4);
        assertThat(Ring.FULL).isEqualTo(2);
    }
}
