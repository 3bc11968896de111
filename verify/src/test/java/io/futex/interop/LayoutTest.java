package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The header, the page and the Java classes say the same of every layout.
///
/// `-Dio.futex.docs.write=true` writes the tables of the page anew.
class LayoutTest {
    private static final Path PAGE = Path.of("..", "docs", "layouts.md");

    private static final Pattern TABLE =
            Pattern.compile("(?s)(?<=<!-- layout: (\\w+) -->\n)(.*?)(?=<!-- end of layout -->\n)");

    private static final String PACKAGE = "io.futex.sync.";
    private static final String SHARED_PACKAGE = "io.futex.shared.";

    @Test
    void thePageTellsWhatTheHeaderSays() throws IOException {
        Map<String, String> tables = new HashMap<>();
        for (Layout layout : synchronizers().toList()) {
            tables.put(layout.struct(), layout.table());
        }
        String page = Files.readString(PAGE);
        String made = TABLE.matcher(page)
                .replaceAll(table -> Matcher.quoteReplacement(tables.getOrDefault(table.group(1), "no such struct")));
        if (Boolean.getBoolean("io.futex.docs.write")) {
            Files.writeString(PAGE, made);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(made);
        assertThat(TABLE.matcher(made).results().map(table -> table.group(1)))
                .containsExactlyInAnyOrderElementsOf(tables.keySet());
    }

    @Test
    void javaHasTheSameSizes() throws Exception {
        List<Layout> layouts = synchronizers().toList();
        assertThat(layouts).hasSizeGreaterThanOrEqualTo(10);
        for (Layout layout : layouts) {
            assertThat(value(layout.primitive(), "LAYOUT_BYTES"))
                    .as(layout.primitive())
                    .isEqualTo(layout.bytes());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PCondition, Signals.SEQUENCE, sequence",
        "PCondition, Signals.WAITING, waiting",
        "PCondition, Signals.SIGNALLED, signalled",
        "PCondition, Signals.DOUBT, doubt",
        "RwMutex, RwMutexRules.READERS_TURN, readers_turn",
        "RwMutex, RwMutexRules.WRITERS_TURN, writers_turn",
        "Semaphore, Semaphore.BULK, bulk",
        "Semaphore, Semaphore.LEAST, least",
        "Barrier, Generations.STATE, state",
        "RobustMutex, RobustMutex.COUNT, count",
        "RobustMutex, RobustMutex.STATE, state",
        "RobustMutex, RobustMutex.DONE, done",
        "RobustMutex, RobustMutex.PLACE, place",
    })
    void javaHasTheSameOffsets(String primitive, String java, String field) throws Exception {
        assertThat(value(java)).isEqualTo(of(primitive).field(field).offset());
    }

    @ParameterizedTest
    @CsvSource({
        "PMutex, PMutexRules.LOCKED, LOCKED",
        "PMutex, PMutexRules.WOKEN, WOKEN",
        "PMutex, PMutexRules.RESERVED, RESERVED",
        "PMutex, PMutexRules.ONE, SLEEPER",
        "RwMutex, RwMutexRules.COUNT, READERS",
        "RwMutex, RwMutexRules.MAX_READERS, FULL",
        "RwMutex, RwMutexRules.READERS_PERHAPS, READERS_PERHAPS",
        "RwMutex, RwMutexRules.WRITERS_PERHAPS, WRITERS_PERHAPS",
        "RwMutex, RwMutexRules.READERS_WAIT, READERS_WAIT",
        "RwMutex, RwMutexRules.READERS_FIRST, READERS_FIRST",
        "RwMutex, RwMutexRules.WRITERS_FIRST, WRITERS_FIRST",
        "RwMutex, RwMutexRules.WRITERS_WAIT, WRITERS_WAIT",
        "RwMutex, RwMutexRules.WRITER, WRITER",
        "RwMutex, RwMutexRules.TURN, ONE_TURN",
        "Semaphore, PermitRules.PERMITS, PERMITS",
        "Semaphore, PermitRules.WOKEN, WOKEN",
        "Semaphore, PermitRules.SLEEPERS, SLEEPERS",
        "Semaphore, PermitRules.SLEEPER, SLEEPER",
        "Semaphore, PermitRules.SEVERAL, SEVERAL",
        "WaitGroup, WaitGroup.COUNT, COUNT",
        "WaitGroup, WaitGroup.WAITERS, WAITERS",
        "Once, Once.NEW, NEW",
        "Once, Once.RUNNING, RUNNING",
        "Once, Once.DONE, DONE",
        "Event, Event.SET, SET",
        "Event, Event.WAITERS, WAITERS",
        "Event, PermitRules.PERMITS, PASSES",
        "Event, PermitRules.WOKEN, WOKEN",
        "Event, PermitRules.SLEEPERS, SLEEPERS",
        "Barrier, Generations.MODE, MODE",
        "Barrier, Generations.BROKEN, ENDED",
        "Barrier, Generations.RESET, RESET",
        "Barrier, Generations.GIVEN_UP, GIVEN_UP",
        "Barrier, Generations.ONE_GIVEN_UP, ONE_GIVEN_UP",
        "Barrier, Generations.POSITION, POSITION",
        "Parker, Parker.PERMIT, PERMIT",
        "Parker, Parker.PARKED, PARKED",
        "Doorbell, Doorbell.QUIET, QUIET",
        "Doorbell, Doorbell.ASLEEP, ASLEEP",
        "Doorbell, Doorbell.RUNG, RUNG",
        "RobustMutex, RobustMutex.NOT_RECOVERABLE, NOT_RECOVERABLE",
    })
    void javaHasTheSameBits(String primitive, String java, String constant) throws Exception {
        long value = value(java);
        boolean isInt = field(java).getType() == int.class;
        assertThat(isInt ? Integer.toUnsignedLong((int) value) : value)
                .isEqualTo(of(primitive).constant(constant));
    }

    /// Fields follow each other without a gap, and the bits that have a meaning lie within their field.
    @Test
    void fieldsFillTheirStruct() throws IOException {
        for (Layout layout : Layout.all()) {
            int end = 0;
            for (Layout.Field field : layout.fields()) {
                assertThat(field.offset()).as(layout.struct()).isEqualTo(end);
                end += field.bits() / Byte.SIZE;
                for (Layout.Constant constant : field.constants()) {
                    if (constant.isNumber() && field.bits() < Long.SIZE) {
                        assertThat(constant.value() >>> field.bits())
                                .as(layout.struct() + constant)
                                .isZero();
                    }
                }
            }
            assertThat(end).as(layout.struct()).isEqualTo(layout.bytes());
        }
    }

    /// Those that are more than a word.
    private static Stream<Layout> synchronizers() throws IOException {
        return Layout.all().stream().filter(layout -> !layout.struct().equals("futex_word"));
    }

    private static Layout of(String primitive) throws IOException {
        return Layout.all().stream()
                .filter(layout -> layout.primitive().equals(primitive))
                .findFirst()
                .orElseThrow();
    }

    private static long value(String className, String constant) throws Exception {
        return value(className + "." + constant);
    }

    private static long value(String constant) throws Exception {
        return ((Number) field(constant).get(null)).longValue();
    }

    private static Field field(String constant) throws Exception {
        int dot = constant.indexOf('.');
        String where = constant.startsWith("Robust") ? SHARED_PACKAGE : PACKAGE;
        Field field = Class.forName(where + constant.substring(0, dot)).getDeclaredField(constant.substring(dot + 1));
        field.setAccessible(true);
        return field;
    }
}
