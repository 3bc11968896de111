package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.process.PingPongProgram;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every operation of each synchronizer, between this JVM and the C header, each of them in every role.
///
/// A play has two actors, `a` and `b`. A line is what one of them does and what comes of it, `a sleeps: CALL @ WORD` a
/// call that does not return but sleeps on that word (`sleeps again` after a wake for nothing), `a wakes = RESULT` its
/// end, and `at OFFSET = NUMBER` what a word
/// of the file is. What Java has no call for is played where `a` is C.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JavaMeetsCTest {
    private static final Path PLAYS = Path.of("src", "test", "c", "plays.txt");

    private static final Pattern PUBLIC = Pattern.compile("(?m)^static inline [\\w ]+?\\*?(futex_(?!sync_)\\w+)\\(");

    /// Of `peer.c`.
    private static final Pattern OPERATION = Pattern.compile("(?m)^ +ON\\((\\w+, \\w+),");

    @TempDir
    private Path directory;

    private enum Side {
        JAVA,
        C
    }

    static Stream<Arguments> plays() throws IOException {
        return Stream.of(Files.readString(PLAYS).split("(?m)^== "))
                .skip(1)
                .flatMap(play -> Stream.of(Side.values())
                        .flatMap(a -> Stream.of(Side.values())
                                .filter(b -> a == Side.C
                                        || (b == Side.C
                                                && !play.lines()
                                                        .findFirst()
                                                        .orElseThrow()
                                                        .endsWith("(a is C)")))
                                .map(b -> Arguments.of(play.lines().findFirst().orElseThrow(), a, b, play))));
    }

    @ParameterizedTest(name = "{0}: a {1}, b {2}")
    @MethodSource("plays")
    void meets(String name, Side a, Side b, String play) throws Exception {
        Path file = directory.resolve("words");
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = PingPongProgram.map(file, arena);
            try (Actor first = actor(a, file, memory);
                    Actor second = actor(b, file, memory)) {
                Map<String, Actor> actors = Map.of("a", first, "b", second);
                int number = 0;
                for (String line : play.lines().skip(1).toList()) {
                    number++;
                    if (!line.isBlank() && !line.startsWith("#")) {
                        play(line, name + ", line " + number + ": " + line, actors, memory);
                    }
                }
            }
        }
    }

    private static Actor actor(Side side, Path file, MemorySegment memory) throws IOException {
        return side == Side.C ? new CActor(file) : new JavaActor(memory);
    }

    private static void play(String line, String where, Map<String, Actor> actors, MemorySegment memory)
            throws InterruptedException {
        String[] parts = line.split(" (?:=|@) ", 2);
        String[] words = parts[0].split(" ", 2);
        if (words[0].equals("at")) {
            assertThat(memory.get(ValueLayout.JAVA_INT, place(words[1])))
                    .as(where)
                    .isEqualTo(Integer.parseUnsignedInt(parts[1]));
            return;
        }
        Actor actor = actors.get(words[0]);
        if (words[1].startsWith("sleeps")) {
            if (!words[1].equals("sleeps again")) {
                actor.begin(words[1].substring("sleeps: ".length()));
            }
            actor.awaitAsleep(place(parts[1]));
            assertThat(actor.hasAnswered()).as(where).isFalse();
        } else if (words[1].equals("wakes")) {
            assertThat(actor.answer()).as(where).isEqualTo(parts[1]);
        } else {
            assertThat(actor.ask(words[1])).as(where).isEqualTo(parts[1]);
        }
    }

    /// Of a long, `OFFSET.low` or `OFFSET.high`.
    private static long place(String text) {
        String[] parts = text.split("\\.", -1);
        boolean isSecond = parts.length > 1
                && parts[1].equals("high") == ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN);
        return Long.parseLong(parts[0]) + (isSecond ? Integer.BYTES : 0);
    }

    /// `peer.c` calls both forms of a wait by one macro.
    private static String pattern(String function) {
        String form = function.replaceFirst("^futex_", "").replaceFirst("_until$", "");
        return "\\b" + function + "\\b|UNTIL\\(" + form + ",";
    }

    @Test
    void noFunctionIsLeftOut() throws IOException {
        StringBuilder programs = new StringBuilder();
        try (Stream<Path> sources = Files.list(PLAYS.getParent())) {
            for (Path source :
                    sources.filter(file -> file.toString().endsWith(".c")).toList()) {
                programs.append(Files.readString(source));
            }
        }
        String plays = Files.readString(PLAYS);
        assertThat(names(PUBLIC, Files.readString(Layout.HEADER)))
                .hasSizeGreaterThan(60)
                .filteredOn(name ->
                        !Pattern.compile(pattern(name)).matcher(programs).find())
                .isEmpty();
        assertThat(names(OPERATION, programs.toString()))
                .hasSizeGreaterThan(50)
                .filteredOn(name -> !plays.contains(" " + name.replace(", ", "_") + " "))
                .isEmpty();
    }

    private static List<String> names(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(name -> name.group(1)).toList();
    }
}
