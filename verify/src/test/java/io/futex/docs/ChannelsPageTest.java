package io.futex.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.futex.channel.Channel;
import io.futex.channel.Select;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The forms that the page about channels sets beside Go's compile, and its figures are true.
class ChannelsPageTest {
    private static final Path PAGE = Path.of("..", "docs", "channels.md");

    /// A line of the table of forms: Go's, and ours.
    private static final Pattern FORM = Pattern.compile("\\| `[^`]+` \\| `([^`]+)` \\|");

    /// What they take for granted.
    private static final String GIVEN = "given: Channel<Integer> c = Channel.unbuffered(); Integer v = 1;"
            + " void use(Integer value) {} void work() {}";

    /// Some change with each JVM, and none is for ever.
    private static final double TOLERANCE = 0.2;

    /// Where what is made goes, lest the compiler makes nothing.
    private static final AtomicReference<Object> MADE = new AtomicReference<>();

    @Test
    void itsFormsAreRight() throws IOException {
        List<Fence> forms = new ArrayList<>();
        List<String> lines = Files.readAllLines(PAGE);
        for (int i = 0; i < lines.size(); i++) {
            Matcher form = FORM.matcher(lines.get(i));
            if (form.matches()) {
                forms.add(new Fence("java", GIVEN, i, form.group(1) + "\n"));
            }
        }
        assertThat(forms).hasSizeGreaterThan(10);
        assertThat(Snippets.errors("channels.md", forms)).isEmpty();
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
