package io.futex.process;

import io.futex.contract.Await;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// A process that a test has started, and that goes to sleep on a word of the file between them.
public final class Sleeper {
    private Sleeper() {}

    /// Waits until a thread of the process sleeps on a word. Where no kernel can tell it returns at once.
    ///
    /// @param offset of the word in the file
    public static void await(Process process, Path file, long offset) {
        Await.until("the other process sleeps", () -> {
            if (!process.isAlive()) {
                throw new AssertionError("the other process has ended: " + process.exitValue());
            }
            return sleepsOn(Path.of("/proc", String.valueOf(process.pid())), file, offset);
        });
    }

    private static boolean sleepsOn(Path process, Path file, long offset) {
        if (!Files.isDirectory(process)) {
            return true;
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
            Set<String> words = words(process, file, offset);
            for (Path thread : threads) {
                // The number and the arguments of the call that it is blocked in.
                String[] call = Files.readString(thread.resolve("syscall")).split(" ", 3);
                if (call.length == 3 && words.contains(call[1])) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            // A thread has ended meanwhile; or other processes are not shown to us.
            return String.valueOf(e.getMessage()).contains("not permitted");
        }
    }

    /// Where the process has the word: the file may be mapped more than once, and not all of it.
    private static Set<String> words(Path process, Path file, long offset) throws IOException {
        Set<String> words = new HashSet<>();
        for (String line : Files.readAllLines(process.resolve("maps"))) {
            if (line.endsWith(file.toString())) {
                String[] mapping = line.split(" ", 4); // from and to, permissions, offset in the file
                long from = Long.parseUnsignedLong(mapping[0].substring(0, mapping[0].indexOf('-')), 16);
                long start = from - Long.parseUnsignedLong(mapping[2], 16);
                words.add("0x" + Long.toHexString(start + offset));
            }
        }
        return words;
    }
}
