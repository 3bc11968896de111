package io.futex.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.futex.channel.Channel;
import io.futex.channel.Select;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page about channels holds Java that compiles, and figures that are true.
class ChannelsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "channels.md");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\n(.*?)^```$");

    /// A line of the table of forms: Go's, and ours.
    private static final Pattern FORM = Pattern.compile("(?m)^\\| `[^`]+` \\| `([^`]+)` \\|$");

    /// What the page takes for granted.
    private static final String BEGIN = """
            import io.futex.channel.*;
            import java.time.Duration;
            import java.util.concurrent.TimeUnit;

            abstract class Page {
                Channel<Integer> c = Channel.unbuffered();
                Channel<Integer> d = Channel.unbuffered();
                Integer v = 1;
                Integer w = 2;
                boolean done;

                abstract Integer next();

                abstract void use(Integer value);

                abstract void work();

                abstract void sent();

                abstract void late();

                abstract void idle();

                abstract void over();
            """;

    /// Some change with each JVM, and none is for ever.
    private static final double TOLERANCE = 0.2;

    /// Where what is made goes, lest the compiler makes nothing.
    private static final AtomicReference<Object> MADE = new AtomicReference<>();

    @TempDir
    private Path folder;

    @Test
    void itsJavaCompiles() throws IOException {
        String page = Files.readString(PAGE);
        List<String> snippets = new ArrayList<>();
        for (Pattern pattern : List.of(FORM, BLOCK)) {
            List<String> found =
                    pattern.matcher(page).results().map(match -> match.group(1)).toList();
            assertThat(found).as(pattern.pattern()).hasSizeGreaterThan(3);
            snippets.addAll(found);
        }
        StringBuilder source = new StringBuilder(BEGIN);
        for (String snippet : snippets) {
            source.append("    void form")
                    .append(source.length())
                    .append("() throws InterruptedException {\n")
                    .append(snippet.indent(4))
                    .append("    }\n");
        }
        assertThat(errors(source.append("}\n").toString())).isEmpty();
    }

    private String errors(String source) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-d", folder.toString());
            boolean compiled = compiler.getTask(errors, files, null, options, null, List.of(new Source(source)))
                    .call();
            assertThat(compiled).as(errors.toString()).isTrue();
        }
        return errors.toString();
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(Path.of("Page.java").toUri(), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    @Test
    void itsCostsAreThose() throws Exception {
        Channel<Integer> channel = Channel.buffered(64);
        Channel<Integer> silent = Channel.unbuffered();
        Select select = Select.create().receive(channel, value -> {}).receive(silent, value -> {});
        assertCost("an unbuffered channel", Channel::unbuffered);
        assertCost("a channel with room for 64", () -> Channel.buffered(64));
        assertCost(
                "a select of 2 cases",
                () -> Select.create().receive(channel, value -> {}).receive(silent, value -> {}));
        assertCost("a call that sleeps, until it returns", () -> silent.tryReceive(1, TimeUnit.MICROSECONDS));
        assertCost("a call that need not sleep", () -> {
            channel.send(1);
            return channel.receive();
        });
        assertCost("a value by `tryReceive`", () -> {
            channel.send(1);
            return channel.tryReceive();
        });
        assertCost("a run of a select made before", () -> {
            channel.send(1);
            select.run();
            return "run";
        });
    }

    private static void assertCost(String what, Callable<?> call) throws Exception {
        String line = "(?m)^\\| " + Pattern.quote(what) + " \\| (\\d+) \\|$";
        List<MatchResult> lines =
                Pattern.compile(line).matcher(Files.readString(PAGE)).results().toList();
        assertThat(lines).as(what).hasSize(1);
        double told = Double.parseDouble(lines.getFirst().group(1));
        assertThat(allocated(call)).as(what).isCloseTo(told, within(TOLERANCE * told + 0.5));
    }

    private static double allocated(Callable<?> call) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int count = 1000;
        long before = 0;
        for (int i = -count; i < count; i++) { // the first half is what happens once
            if (i == 0) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            MADE.setPlain(call.call());
        }
        return (double) (threads.getCurrentThreadAllocatedBytes() - before) / count;
    }
}
