package io.futex.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The classes in the guide are those of this folder, which the build compiles and runs.
class GuideTest {
    private static final Path GUIDE = Path.of("../docs/guide.md");
    private static final Path SOURCES = Path.of("src/main/java/io/futex/examples");

    /// A class in a block of code, from its first line to the last.
    private static final Pattern CLASS = Pattern.compile("(?ms)^```java\\R([^`]*?class (\\w+)[^`]*)^```$");

    @Test
    void showsWhatIsCompiled() throws IOException {
        List<MatchResult> classes =
                CLASS.matcher(Files.readString(GUIDE)).results().toList();
        assertThat(classes).isNotEmpty();
        for (MatchResult found : classes) {
            String source = Files.readString(SOURCES.resolve(found.group(2) + ".java"));
            assertThat(code(found.group(1))).as(found.group(2)).isEqualTo(code(source));
        }
    }

    /// Without what the guide leaves out: package and imports, Javadoc, constructors that do nothing, blank lines.
    private static List<String> code(String text) {
        return text.lines()
                .filter(line -> !line.matches("(package|import) .*;| *///.*| *public \\w+\\(\\) \\{}| *"))
                .toList();
    }
}
