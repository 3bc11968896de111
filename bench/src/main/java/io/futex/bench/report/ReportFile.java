package io.futex.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Reports as files: a page for a browser, a page in Markdown, and JSON, which can be read back.
public final class ReportFile {
    /// Of these facts nothing measured depends, or they are another's at every start.
    private static final Set<String> CHANGING = Set.of("load", "begun");

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(double.class, new Numbers())
            .registerTypeAdapter(Double.class, new Numbers()) // asked for by the kind of the value, too
            .serializeNulls()
            .disableHtmlEscaping()
            .setPrettyPrinting()
            .create();

    private ReportFile() {}

    /// Whether [#write] knows the format of a file.
    public static boolean knows(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(html|json|md)");
    }

    /// Where a report is saved while it is measured: the first file if that is JSON, else beside it.
    public static Path state(List<Path> files) {
        return files.stream()
                .filter(file -> file.toString().endsWith(".json"))
                .findFirst()
                .orElseGet(() -> files.getFirst()
                        .resolveSibling(
                                files.getFirst().getFileName().toString().replaceFirst("\\.[^.]*$", "") + ".json"));
    }

    /// Writes the report in the format that the file's name asks for; whoever ends this process finds the old file or
    /// the new one.
    public static void write(Report report, Path file) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        Path next = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                next,
                name.endsWith(".json")
                        ? GSON.toJson(report) + "\n"
                        : name.endsWith(".md") ? Markdown.figures(report, List.of(), "") : HtmlPage.of(report));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    /// Reads JSON that [#write] has written.
    ///
    /// @throws IllegalStateException if it is something else
    public static Report read(Path file) throws IOException {
        try {
            return GSON.fromJson(Files.readString(file), Report.class);
        } catch (JsonParseException e) {
            throw new IllegalStateException(file + " is not a report of this program: " + e.getMessage(), e);
        }
    }

    /// Reads what was measured before, to go on from there.
    ///
    /// @param now the machine, the build and what else makes figures comparable
    /// @throws IllegalStateException if it differs
    public static Report resume(Path file, Report now) throws IOException {
        Report before = read(file);
        Map<String, String> then = before.facts();
        Map<String, String> facts = now.facts();
        Set<String> names = new TreeSet<>(then.keySet());
        names.addAll(facts.keySet());
        names.removeAll(CHANGING);
        names.removeIf(name -> then.getOrDefault(name, "").equals(facts.get(name)));
        if (!names.isEmpty()) {
            StringBuilder differences = new StringBuilder();
            names.forEach(name -> differences
                    .append("\n  ")
                    .append(name)
                    .append(": ")
                    .append(then.get(name))
                    .append("; now ")
                    .append(facts.get(name)));
            throw new IllegalStateException(
                    file + " was measured elsewhere or otherwise, and cannot be gone on with:" + differences);
        }
        return before;
    }

    /// JSON has no number for what was not measured, and none for infinity.
    private static final class Numbers extends TypeAdapter<Double> {
        @Override
        public void write(JsonWriter out, Double value) throws IOException {
            if (value.isNaN()) {
                out.nullValue();
            } else if (value.isInfinite()) {
                out.jsonValue("1e999");
            } else {
                out.value(value);
            }
        }

        @Override
        public Double read(JsonReader in) throws IOException {
            if (in.peek() == JsonToken.NULL) {
                in.nextNull();
                return Double.NaN;
            }
            return Double.valueOf(in.nextString());
        }
    }
}
