package io.futex.process;

import io.futex.contract.Await;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

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
            String word = "0x" + Long.toHexString(start(process, file) + offset);
            for (Path thread : threads) {
                // The number and the arguments of the call that it is blocked in.
                String[] call = Files.readString(thread.resolve("syscall")).split(" ", 3);
                if (call.length == 3 && call[1].equals(word)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | DirectoryIteratorException e) {
            // A thread has ended meanwhile; or other processes are not shown to us.
            return String.valueOf(e.getMessage()).contains("not permitted");
        }
    }

    /// Where the process has the file, or 0.
    private static long start(Path process, Path file) throws IOException {
        for (String line : Files.readAllLines(process.resolve("maps"))) {
            if (line.endsWith(file.toString())) {
                return Long.parseUnsignedLong(line.substring(0, line.indexOf('-')), 16);
            }
        }
        return 0;
    }
}
