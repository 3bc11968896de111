package io.futex.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A struct of `futex_sync.h`, as the file says it. That the numbers are right, its static assertions make sure of.
///
/// @param primitive the name of the Java class
/// @param struct the name of the struct
record Layout(String primitive, String struct, int bytes, int alignment, List<Field> fields) {
    static final Path HEADER = Path.of("..", "interop", "c", "futex_sync.h");

    private static final Pattern SECTION = Pattern.compile("(?m)^/\\* -+ (\\w+) \\*/$");
    private static final Pattern STRUCT = Pattern.compile(
            "(?s)typedef struct (\\w+) \\{\n(.*?)\n} \\1;\n\nFUTEX_SYNC_SIZE\\(\\1, (\\d+), (\\d+)\\);");

    /// A field, or a constant, perhaps with a comment.
    private static final Pattern MEMBER = Pattern.compile(
            "(?s)(?:uint(\\d+)_t (\\w+)[^;\n]*;|#define FUTEX_(\\w+) ([^\n]*?))(?: +/\\* (.*?) \\*/)?\n");

    /// A field of the struct.
    ///
    /// @param offset in bytes
    /// @param meaning empty if the bits say it all
    record Field(String name, int bits, int offset, String meaning, List<Constant> constants) {}

    /// Some bits of a field, or a value of it, which is written as a decimal number.
    ///
    /// @param name without the prefix, in capitals
    /// @param meaning empty if it only follows from others
    record Constant(String name, String text, String meaning) {
        boolean isNumber() {
            return text.matches("(0x)?[0-9A-Fa-f]+u(ll)?");
        }

        boolean isMask() {
            return text.startsWith("0x");
        }

        long value() {
            return Long.parseUnsignedLong(text.replaceAll("0x|u(ll)?", ""), isMask() ? 16 : 10);
        }

        String bits() {
            if (!isMask()) {
                return "= " + value();
            }
            int lowest = Long.numberOfTrailingZeros(value());
            int highest = Long.SIZE - 1 - Long.numberOfLeadingZeros(value());
            return lowest == highest ? String.valueOf(lowest) : lowest + "–" + highest;
        }
    }

    /// All structs of the header, in its order.
    static List<Layout> all() throws IOException {
        String header = Files.readString(HEADER);
        List<MatchResult> sections = SECTION.matcher(header).results().toList();
        List<Layout> layouts = new ArrayList<>();
        for (int i = 0; i < sections.size(); i++) {
            int end = i + 1 < sections.size() ? sections.get(i + 1).start() : header.length();
            String section = header.substring(sections.get(i).start(), end);
            String primitive = sections.get(i).group(1);
            STRUCT.matcher(section)
                    .results()
                    .map(struct -> of(primitive, struct, section))
                    .forEach(layouts::add);
        }
        return layouts;
    }

    private static Layout of(String primitive, MatchResult struct, String section) {
        String name = struct.group(1);
        List<Field> fields = new ArrayList<>();
        for (MatchResult member :
                MEMBER.matcher(struct.group(2) + "\n").results().toList()) {
            String meaning = Objects.requireNonNullElse(member.group(5), "").replaceAll("\\s+", " ");
            if (member.group(2) != null) {
                int bits = Integer.parseInt(member.group(1));
                int offset = offset(section, name, member.group(2));
                fields.add(new Field(member.group(2), bits, offset, meaning, new ArrayList<>()));
            } else {
                String prefix = name.replace("futex_", "").toUpperCase(Locale.ROOT) + "_";
                fields.getLast()
                        .constants()
                        .add(new Constant(member.group(3).replace(prefix, ""), member.group(4), meaning));
            }
        }
        int bytes = Integer.parseInt(struct.group(3));
        return new Layout(primitive, name, bytes, Integer.parseInt(struct.group(4)), fields);
    }

    private static int offset(String section, String struct, String field) {
        Matcher offset = Pattern.compile("FUTEX_SYNC_OFFSET\\(" + struct + ", " + field + ", (\\d+)\\);")
                .matcher(section);
        if (!offset.find()) {
            throw new AssertionError("the header does not assert where " + struct + "." + field + " lies");
        }
        return Integer.parseInt(offset.group(1));
    }

    Field field(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /// @param name as in the header, without the prefix
    long constant(String name) {
        return constants()
                .filter(constant -> constant.name().equals(name))
                .findFirst()
                .orElseThrow()
                .value();
    }

    Stream<Constant> constants() {
        return fields.stream().flatMap(field -> field.constants().stream());
    }

    /// The table of the page.
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(bytes)
                .append(" bytes, ")
                .append(alignment)
                .append("-aligned: `struct ")
                .append(struct);
        table.append("`.\n\n| offset | field | bits, or value | name | meaning |\n|---|---|---|---|---|\n");
        for (Field field : fields) {
            if (!field.meaning().isEmpty()) {
                row(table, field, "", "", field.meaning());
            }
            for (Constant constant : field.constants()) {
                if (!constant.meaning().isEmpty()) {
                    row(table, field, constant.bits(), "`" + constant.name() + "`", constant.meaning());
                }
            }
        }
        return table.toString();
    }

    private static void row(StringBuilder table, Field field, String bits, String name, String meaning) {
        table.append("| ").append(field.offset());
        table.append(" | `").append(field.name()).append(field.bits() == Long.SIZE ? "`, a long" : "`");
        for (String cell : List.of(bits, name, meaning)) {
            table.append(cell.isEmpty() ? " |" : " | " + cell);
        }
        table.append(" |\n");
    }
}
