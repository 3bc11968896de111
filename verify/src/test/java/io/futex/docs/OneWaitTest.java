package io.futex.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page that walks through one wait speaks of the code that there is.
class OneWaitTest {
    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/one-wait.md");

    /// A floor: its class, and where it links to.
    private static final Pattern FLOOR = Pattern.compile("(?m)^## \\d\\. \\[`(\\w+)`]\\((.+)\\)$");

    /// A name in code, or one that nothing but a class has.
    private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w*)|\\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\\b");

    @Test
    void everyClassThatItNamesExists() throws IOException {
        Set<String> sources = sources();
        Set<String> unknown = new TreeSet<>();
        for (MatchResult name : NAME.matcher(page()).results().toList()) {
            String found = name.group(1) == null ? name.group(2) : name.group(1);
            if (!sources.contains(found + ".java") && !isOfTheJdk(found)) {
                unknown.add(found);
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void everyFloorLinksToItsFile() throws IOException {
        List<MatchResult> floors = FLOOR.matcher(page()).results().toList();
        assertThat(floors).hasSizeBetween(1, 5);
        for (MatchResult floor : floors) {
            Path file = PAGE.resolveSibling(floor.group(2)).normalize();
            assertThat(file).isRegularFile().hasFileName(floor.group(1) + ".java");
        }
    }

    /// The floors are those that a sleeping thread stands on, no more and no fewer.
    @Test
    void theFloorsAreThoseOfTheStack() throws IOException {
        assumeTrue(Futex.local().backend().equals("linux"));
        assumeTrue(Futex.local().toString().contains("binding ffm"));
        List<String> floors =
                FLOOR.matcher(page()).results().map(floor -> floor.group(1)).toList();
        FutexWord word = FutexWord.local(5);
        Waiter waiter = Waiter.platform(() -> word.await(5)).awaitAsleep(word.segment());
        assertThat(files(waiter.thread().getStackTrace())).isEqualTo(floors);
        Await.until("it was woken", () -> word.wakeOne() == 1);
        assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    /// The library's files, from the call downwards.
    private static List<String> files(StackTraceElement[] stack) {
        return Arrays.asList(stack).reversed().stream()
                .filter(frame -> frame.getClassName().startsWith("io.futex."))
                .filter(frame -> !frame.getClassName().startsWith(OneWaitTest.class.getName()))
                .filter(frame -> !frame.getClassName().startsWith(Waiter.class.getName()))
                .map(frame -> String.valueOf(frame.getFileName()).replace(".java", ""))
                .distinct()
                .toList();
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }

    /// Names of the files of all published modules.
    private static Set<String> sources() throws IOException {
        try (Stream<Path> files = Files.find(
                ROOT,
                12,
                (file, attributes) -> attributes.isRegularFile()
                        && file.toString().matches("\\.\\./futex-[^/]+/src/main/java/.*\\.java"))) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private static boolean isOfTheJdk(String name) {
        try {
            return Class.forName("java.lang." + name).getSimpleName().equals(name);
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
