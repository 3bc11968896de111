package io.futex.docs;

import io.futex.process.ClassPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The programs of a page. A block under the note `<!-- file: NAME -->` is a file, one of `sh` under `<!-- run -->` is
/// run by bash in the folder of the files, and one of `text` after that is the whole of what it prints. `$FUTEX` is the
/// class path of the library, as the README says, and `$FUTEX_C` the folder of the C header.
final class Programs {
    /// Variables that give options to every JVM: each says on its error stream that it has found one.
    private static final Set<String> OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final String WELL = "exit status 0";

    /// What was left running in the background, since another command failed, must not outlive the test.
    private static final String CLEAN_UP = "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n";

    private Programs() {}

    /// How commands have ended, and what they said.
    private record Result(String end, String output) {}

    static boolean isRun(Fence block) {
        return block.language().equals("sh") && block.note().equals("run");
    }

    /// @param folder an empty one
    /// @return what is wrong, each with the line of the page
    static List<String> errors(String page, List<Fence> blocks, Path folder) throws IOException, InterruptedException {
        List<String> errors = new ArrayList<>();
        for (Fence block : blocks) {
            String name = block.noted("file");
            if (!name.isEmpty()) {
                Files.writeString(folder.resolve(name), block.text());
                if (blocks.stream().noneMatch(run -> isRun(run) && run.text().contains(name))) {
                    errors.add(page + ":" + block.line() + ": nothing runs " + name);
                }
            }
        }
        for (int i = 0; i < blocks.size(); i++) {
            Fence block = blocks.get(i);
            if (isRun(block)) {
                Result result = run(block.text(), folder);
                boolean isTold =
                        i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text");
                if (!result.end().equals(WELL)
                        || (isTold && !result.output().equals(blocks.get(i + 1).text()))) {
                    errors.add(page + ":" + block.line() + ": " + result.end() + ", it printed\n" + result.output());
                }
            }
        }
        return errors;
    }

    private static Result run(String commands, Path folder) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "said", ".txt");
        ProcessBuilder builder = new ProcessBuilder("bash", "-euc", CLEAN_UP + commands)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeAll(OPTIONS);
        builder.environment().put("FUTEX", ClassPath.ofTests());
        builder.environment()
                .put("FUTEX_C", Path.of("..", "interop", "c").toRealPath().toString());
        builder.environment()
                .merge(
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin").toString(),
                        (path, bin) -> bin + ":" + path);
        Process process = builder.start();
        boolean ended = process.waitFor(1, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        return new Result(ended ? "exit status " + process.exitValue() : "it hangs", Files.readString(output));
    }
}
