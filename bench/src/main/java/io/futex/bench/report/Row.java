package io.futex.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One line of the table.
///
/// @param operation what was done; with blanks before it more of the row above
/// @param unit of all figures
/// @param ours this library
/// @param java its counterpart in the JDK, or null if there is none
/// @param c raw C, or null if there is none
/// @param bytes allocated on the heap for each operation; NaN if it was not measured or means nothing
/// @param beside other implementations, and other figures of ours
/// @param goals what the row must reach
public record Row(
        String operation,
        Unit unit,
        Figure ours,
        @Nullable Figure java,
        @Nullable Figure c,
        double bytes,
        List<Figure> beside,
        List<Goal> goals) {
    /// The one goal that is not of the row's figures.
    static final String NO_BYTES = "0 B";

    /// A row of our figure alone; add the rest.
    public static Row of(String operation, Unit unit, Figure ours) {
        return new Row(operation, unit, ours, null, null, Double.NaN, List.of(), List.of());
    }

    /// With the JDK's counterpart.
    public Row java(Figure figure) {
        return new Row(operation, unit, ours, figure, c, bytes, beside, goals);
    }

    /// With raw C.
    public Row c(Figure figure) {
        return new Row(operation, unit, ours, java, figure, bytes, beside, goals);
    }

    /// With the bytes allocated for each operation; the goal of DESIGN is none.
    public Row bytes(Figure figure) {
        Row row = new Row(operation, unit, ours, java, c, figure.value(), beside, goals);
        return figure.isPresent() && figure.value() >= 0.5 ? row.goal(Goal.atMost(NO_BYTES, figure.value(), 0.5)) : row;
    }

    /// With one more figure beside.
    public Row beside(Figure figure) {
        List<Figure> all = new ArrayList<>(beside);
        all.add(figure);
        return new Row(operation, unit, ours, java, c, bytes, List.copyOf(all), goals);
    }

    /// With one more goal.
    public Row goal(Goal goal) {
        List<Goal> all = new ArrayList<>(goals);
        all.add(goal);
        return new Row(operation, unit, ours, java, c, bytes, beside, List.copyOf(all));
    }

    /// The operation for pages, which drop the blanks before one that tells more of the row above.
    String indented() {
        return operation.replaceFirst("^ +", "\u2003");
    }

    /// Without those beside whose name has this pattern.
    Row without(String who) {
        List<Figure> rest =
                beside.stream().filter(figure -> !figure.who().matches(who)).toList();
        return new Row(operation, unit, ours, java, c, bytes, rest, goals);
    }

    /// How many times better ours is than another figure; NaN if one of them is missing.
    public double against(@Nullable Figure other) {
        return other == null ? Double.NaN : unit.advantage(ours.value(), other.value());
    }

    /// Against the JDK's counterpart.
    public double againstJava() {
        return against(java);
    }

    /// Against raw C.
    public double againstC() {
        return against(c);
    }

    /// A figure and its part in the row.
    ///
    /// @param name ours, java, c or beside
    /// @param figure the figure
    public record Role(String name, Figure figure) {}

    /// Every figure of the row.
    public List<Role> roles() {
        List<Role> all = new ArrayList<>();
        all.add(new Role("ours", ours));
        if (java != null) {
            all.add(new Role("java", java));
        }
        if (c != null) {
            all.add(new Role("c", c));
        }
        beside.forEach(figure -> all.add(new Role("beside", figure)));
        return all;
    }
}
