package io.futex.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The code in the README and in `docs` is compiled, the programs there are run, and no link leads nowhere.
class PagesTest {
    private static final Path ROOT = Path.of("..");

    /// All that a block may be; one of Java or C that must not be compiled is `text`. Go stands beside ours, and is not
    /// compiled.
    private static final Set<String> LANGUAGES = Set.of("java", "c", "go", "sh", "xml", "text", "ini", "");

    /// To a page or file of the project, and perhaps to a heading of it.
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]*)(?:#([^)]*))?\\)");

    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private static final int MOST_BYTES_OF_README = 7 * 1024;

    @TempDir
    private Path folder;

    static Stream<String> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            List<String> pages =
                    new ArrayList<>(List.of("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md"));
            docs.filter(page -> page.toString().endsWith(".md"))
                    .map(page -> ROOT.relativize(page).toString().replace('\\', '/'))
                    .sorted()
                    .forEach(pages::add);
            return pages.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsCodeIsRight(String page) throws Exception {
        assertThat(errors(page, Files.readAllLines(ROOT.resolve(page)))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void itsLinksLeadSomewhere(String page) throws IOException {
        Path file = ROOT.resolve(page);
        for (MatchResult link : LINK.matcher(Files.readString(file)).results().toList()) {
            Path target = link.group(1).isEmpty() ? file : file.resolveSibling(link.group(1));
            assertThat(target).exists();
            if (link.group(2) != null) {
                assertThat(anchors(target)).contains(link.group(2));
            }
        }
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(Files.size(ROOT.resolve("README.md"))).isLessThanOrEqualTo(MOST_BYTES_OF_README);
    }

    @Test
    void aBrokenSnippetIsFoundWhereItStands() throws Exception {
        assertThat(errors(
                        "page", "text", "", "```java", "FutexWord word = FutexWord.local(0);", "word.awake();", "```"))
                .singleElement()
                .asString()
                .startsWith("page:5: ")
                .contains("awake");
    }

    @Test
    void aSnippetMayUseWhatItIsGiven() throws Exception {
        assertThat(errors("page", "<!-- given: void work() {} -->", "```java", "work();", "```"))
                .isEmpty();
        assertThat(errors("page", "```java", "work();", "```")).isNotEmpty();
    }

    @Test
    void aSnippetMayBeAClassThatIsPublic() throws Exception {
        String[] page = {
            "```java", "public final class Own {", "    final FutexWord word = FutexWord.local(0);", "}", "```"
        };
        assertThat(errors("page", page)).isEmpty();
        page[2] = "    final FutexWord word = 0;";
        assertThat(errors("page", page)).singleElement().asString().startsWith("page:3: ");
    }

    @Test
    void aProgramMustBeRunAndPrintWhatThePageSays() throws Exception {
        String[] page = {
            "<!-- file: say -->",
            "```sh",
            "echo 7",
            "```",
            "<!-- run -->",
            "```sh",
            "bash say",
            "```",
            "prints",
            "```text",
            "7",
            "```"
        };
        assertThat(errors("page", page)).isEmpty();
        page[10] = "8";
        assertThat(errors("page", page)).singleElement().asString().contains("exit status 0, it printed\n7");
        page[2] = "exit 3";
        assertThat(errors("page", page)).singleElement().asString().contains("exit status 3");
        page[4] = "";
        assertThat(errors("page", page)).singleElement().asString().contains("nothing runs say");
    }

    @Test
    void aLanguageMustBeKnown() throws Exception {
        assertThat(errors("page", "```Java", "word.awake();", "```"))
                .singleElement()
                .asString()
                .contains("Java");
    }

    @Test
    void theCOfAPageIsAProgram() throws Exception {
        assertThat(errors("page", "```c", "wake(word);", "```"))
                .singleElement()
                .asString()
                .contains("C that is no file");
        assertThat(errors(
                        "page",
                        "<!-- file: one.c -->",
                        "```c",
                        "int main(void) { return wake(); }",
                        "```",
                        "<!-- run -->",
                        "```sh",
                        "cc one.c",
                        "```"))
                .singleElement()
                .asString()
                .contains("wake");
    }

    /// What a link to a heading of the page says after the `#`.
    private static List<String> anchors(Path page) throws IOException {
        return HEADING.matcher(Files.readString(page))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\d_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private List<String> errors(String page, String... lines) throws IOException, InterruptedException {
        return errors(page, List.of(lines));
    }

    private List<String> errors(String page, List<String> lines) throws IOException, InterruptedException {
        List<Fence> blocks = Fence.of(lines);
        assumeTrue(
                blocks.stream().noneMatch(Programs::isRun) || (isThere("bash") && isThere("cc")),
                "SKIPPED: no bash or no C compiler; install the packages bash and gcc to run the programs of the pages");
        List<String> errors = new ArrayList<>(Snippets.errors(
                page,
                blocks.stream()
                        .filter(block -> block.language().equals("java")
                                && block.noted("file").isEmpty())
                        .toList()));
        errors.addAll(Programs.errors(page, blocks, Files.createTempDirectory(folder, "page")));
        for (Fence block : blocks) {
            if (!LANGUAGES.contains(block.language())) {
                errors.add(page + ":" + block.line() + ": unknown language " + block.language());
            } else if (block.language().equals("c") && block.noted("file").isEmpty()) {
                errors.add(page + ":" + block.line() + ": C that is no file");
            }
        }
        return errors;
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, command)));
    }
}
