package io.futex.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
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

    // Names of the file in which a report is saved, too.
    private final Map<String, String> facts = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    /// Adds a fact about the machine or the run.
    public void fact(String name, String value) {
        facts.put(name, value);
    }

    /// The machine and the run.
    public Map<String, String> facts() {
        return new LinkedHashMap<>(facts);
    }

    /// Adds a section, in the place of one with its title.
    public void add(Section section) {
        for (int i = 0; i < sections.size(); i++) {
            if (sections.get(i).title().equals(section.title())) {
                sections.set(i, section);
                return;
            }
        }
        sections.add(section);
    }

    /// Whether a section was measured.
    public boolean has(String title) {
        return sections.stream()
                .anyMatch(section ->
                        section.title().equals(title) && !section.rows().isEmpty());
    }

    /// Takes over what another run has measured. Facts that differ stand beside each other.
    public void addAll(Report other) {
        other.facts.forEach((name, value) ->
                facts.merge(name, value, (mine, its) -> mine.contains(its) ? mine : mine + " | " + its));
        other.sections.forEach(this::add);
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

    /// The goals with a verdict, those furthest behind first.
    public List<Outcome> outcomes(Goal.Verdict verdict) {
        List<Outcome> all = new ArrayList<>();
        for (Section section : sections) {
            String above = "";
            for (Row row : section.rows()) {
                boolean isMain = !row.operation().startsWith(" ");
                above = isMain ? row.operation() : above;
                String name = isMain ? above : above + ", " + row.operation().strip();
                row.goals().stream()
                        .filter(goal -> goal.verdict() == verdict)
                        .forEach(goal -> all.add(new Outcome(section.title(), name, goal)));
            }
        }
        all.sort(Comparator.comparingDouble(
                outcome -> outcome.goal.text().equals(Row.NO_BYTES) ? 1 : outcome.goal.reached()));
        return all;
    }

    /// A goal and whose it is.
    ///
    /// @param section its title
    /// @param operation of the row; of one that tells more of the row above, with that
    public record Outcome(String section, String operation, Goal goal) {}

    /// How many goals have a verdict.
    public int count(Goal.Verdict verdict) {
        return outcomes(verdict).size();
    }
}
