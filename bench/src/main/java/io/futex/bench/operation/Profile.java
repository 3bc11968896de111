package io.futex.bench.operation;

import java.util.List;

/// How long and how often everything is measured.
///
/// @param name as on the command line
/// @param rounds in which all peers take turns
/// @param windowMillis of one measurement
/// @param warmUpMillis of a JVM, before its first window of a kind
/// @param micro of JMH
/// @param sections of the locks
/// @param waits whether the longest waits on locks are measured, which takes windows of their own
/// @param waiters how many threads are released at once
/// @param releaseRounds how often they are released in each round
/// @param lateSamples timed waits of each length in each round
/// @param starts programs started for the price of the first use
/// @param locks made for their size
public record Profile(
        String name,
        int rounds,
        long windowMillis,
        long warmUpMillis,
        Micro micro,
        List<Lengths> sections,
        boolean waits,
        List<Integer> waiters,
        int releaseRounds,
        int lateSamples,
        int starts,
        int locks) {
    /// What JMH does with each benchmark.
    ///
    /// @param forks JVMs, one after the other, in turns with all other benchmarks of the operation
    /// @param iterations of each fork, after one that warms up
    /// @param millis of each iteration
    public record Micro(int forks, int iterations, int millis) {}

    /// Time inside and outside a lock.
    ///
    /// @param inside in nanoseconds
    /// @param outside in nanoseconds
    public record Lengths(int inside, int outside) {}

    private static final List<Lengths> ALL_SECTIONS = List.of(
            new Lengths(0, 0),
            new Lengths(400, 0),
            new Lengths(1000, 0),
            new Lengths(400, 400),
            new Lengths(1000, 400));
    private static final List<Integer> WAITERS = List.of(10, 100, 1000);
    private static final List<Lengths> SHORT_SECTIONS = ALL_SECTIONS.subList(0, 3);

    /// Two minutes for everything: enough to see the order, too short for the last digit.
    public static final Profile QUICK = new Profile(
            "quick", 3, 100, 150, new Micro(1, 3, 150), SHORT_SECTIONS, false, WAITERS, 8, 100, 7, 1_000_000);

    /// Windows of a second and more rounds, for figures to quote.
    public static final Profile FULL = new Profile(
            "full", 5, 1000, 1000, new Micro(5, 5, 500), ALL_SECTIONS, true, WAITERS, 20, 1000, 11, 10_000_000);

    /// Whether everything runs at all; the figures mean nothing.
    public static final Profile SMOKE = new Profile(
            "smoke",
            1,
            5,
            5,
            new Micro(1, 1, 5),
            SHORT_SECTIONS.subList(1, 2),
            true,
            WAITERS.subList(0, 2),
            2,
            3,
            1,
            10_000);

    /// The profile of a name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Profile named(String name) {
        return List.of(QUICK, FULL, SMOKE).stream()
                .filter(profile -> profile.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no profile " + name + "; there are quick and full"));
    }
}
