package io.futex.docs;

import java.util.ArrayList;
import java.util.List;

/// What stands between two fences of a page.
///
/// @param language after the opening fence; may be empty
/// @param note the comment right before the block, which no reader sees; may be empty
/// @param line of the opening fence
record Fence(String language, String note, int line, String text) {
    private static final String MARK = "```";

    /// All blocks of a page, in order.
    static List<Fence> of(List<String> page) {
        List<Fence> fences = new ArrayList<>();
        String note = "";
        for (int i = 0; i < page.size(); i++) {
            String line = page.get(i);
            if (line.startsWith("<!--")) {
                int end = i;
                while (!page.get(end).endsWith("-->")) {
                    end++;
                }
                note = String.join(" ", page.subList(i, end + 1))
                        .replace("<!--", "")
                        .replace("-->", "")
                        .strip();
                i = end;
            } else if (line.startsWith(MARK)) {
                int begin = i + 1;
                do {
                    i++;
                } while (!page.get(i).equals(MARK));
                fences.add(new Fence(
                        line.substring(MARK.length()), note, begin, String.join("\n", page.subList(begin, i)) + "\n"));
                note = "";
            } else {
                note = "";
            }
        }
        return fences;
    }

    /// What the note says after a word and a colon; empty if it says something else.
    String noted(String word) {
        return note.startsWith(word + ": ") ? note.substring(word.length() + 2) : "";
    }
}
