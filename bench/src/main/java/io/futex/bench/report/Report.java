package io.futex.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// All rows of a run, in sections, with what must be known to read them.
public final class Report {
    /// Rows that belong together.
    ///
    /// @param title in words
    /// @param rows at least one
    /// @param notes how it was measured
    public record Section(String title, List<Row> rows, List<String> notes) {}

    private final Map<String, String> machine = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    /// Adds a fact about the machine or the run.
    public void fact(String name, String value) {
        machine.put(name, value);
    }

    /// The machine and the run.
    public Map<String, String> facts() {
        return new LinkedHashMap<>(machine);
    }

    /// Adds a section.
    public void add(Section section) {
        sections.add(section);
    }

    /// All sections in the order measured.
    public List<Section> sections() {
        return List.copyOf(sections);
    }

    /// Why cells are empty: the name of the implementation, and the reason.
    public Set<String> absences() {
        Set<String> reasons = new TreeSet<>();
        for (Section section : sections) {
            for (Row row : section.rows()) {
                for (Row.Role role : row.roles()) {
                    Figure figure = role.figure();
                    if (!figure.isPresent()) {
                        reasons.add((figure.who().isEmpty() ? "ours" : figure.who()) + ": " + figure.absence());
                    }
                }
            }
        }
        return reasons;
    }

    /// How many goals have a verdict.
    public long count(Goal.Verdict verdict) {
        return sections.stream()
                .flatMap(section -> section.rows().stream())
                .flatMap(row -> row.goals().stream())
                .filter(goal -> goal.verdict() == verdict)
                .count();
    }
}
