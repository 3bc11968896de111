package io.futex;

import io.futex.memory.FirstSlab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A program that makes words and drops them, and prints by how much its memory has grown.
final class DroppedWords {
    private DroppedWords() {}

    public static void main(String[] arguments) throws IOException {
        int words = Integer.parseInt(arguments[0]);
        if (!FirstSlab.contains(FutexWord.local(0).segment())) {
            throw new AssertionError("the first word is not in the first slab");
        }
        drop(words / 10);
        long before = residentKilobytes();
        drop(words);
        System.out.println(residentKilobytes() - before);
    }

    private static void drop(int words) {
        FutexWord last = null;
        for (int i = 0; i < words; i++) {
            FutexWord word = FutexWord.local(0);
            if (last != null && last.segment().address() == word.segment().address()) {
                throw new AssertionError("a place was given away twice");
            }
            last = i % 1_000 == 0 ? word : null;
        }
    }

    private static long residentKilobytes() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            String line =
                    lines.filter(each -> each.startsWith("VmRSS:")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
    }
}
