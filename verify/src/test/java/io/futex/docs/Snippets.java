package io.futex.docs;

import io.futex.process.ClassPath;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// The Java of a page that is no program: statements, each block in a method of its own, or a public class. What they
/// use and do not declare stands in a note before the block, as members of a class: `<!-- given: FutexWord word; void
/// work() {} -->`.
final class Snippets {
    /// What a block may name without saying where it is from.
    private static final String IMPORTS =
            "import module java.base; import io.futex.*; import io.futex.channel.*; import io.futex.shared.*; "
                    + "import io.futex.sync.*; "
                    + "import static java.nio.file.StandardOpenOption.*; ";

    private Snippets() {}

    /// @return what the compiler says against them, each with the line of the page
    static List<String> errors(String page, List<Fence> blocks) throws IOException {
        List<Source> sources = blocks.stream().map(Source::new).toList();
        if (sources.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        Path classes = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "snippets-");
        List<String> options =
                List.of("-proc:none", "-Xlint:none", "-cp", ClassPath.ofTests(), "-d", classes.toString());
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, null)) {
            boolean unused =
                    compiler.getTask(null, files, said, options, null, sources).call();
        }
        return said.getDiagnostics().stream()
                .map(error -> page + ":" + error.getLineNumber() + ": " + error.getMessage(Locale.ROOT))
                .toList();
    }

    /// A block as a file in which each line has the number that it has in the page.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(Fence block) {
            super(URI.create("string:///Snippet" + block.line() + ".java"), Kind.SOURCE);
            boolean isClass = block.text().startsWith("public ");
            text = "\n".repeat(block.line() - 1) + IMPORTS + "class Snippet" + block.line() + " { "
                    + block.noted("given") + (isClass ? "\n" : " void snippet() throws Exception {\n") + block.text()
                    + (isClass ? "}\n" : "}}\n");
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
