package io.futex.bench.operation;

import java.util.List;
import java.util.stream.Collectors;

/// Every operation of the report.
public final class Operations {
    private static final List<Operation> ALL = List.of(
            new Calls(),
            new Boundary(),
            new HandOver(HandOver.Sides.THREADS),
            new HandOver(HandOver.Sides.PROCESSES),
            new Doorbells(),
            new Adapters(),
            new Guests(),
            new Mutexes(),
            new RwMutexes(),
            new Releases(),
            new WaitGroups(),
            new Conditions(),
            new Barriers(),
            new Semaphores(),
            new CallersMemory(),
            new Channels(),
            new TimedWaits(),
            new FirstUse(),
            new Memory(),
            new CacheLines());

    private Operations() {}

    /// All, in the order of the report.
    public static List<Operation> all() {
        return ALL;
    }

    /// Those that a run with this profile measures if it was not told which.
    public static List<Operation> of(Profile profile) {
        return ALL.stream()
                .filter(operation -> !profile.equals(Profile.QUICK) || operation.isQuick())
                .map(operation -> profile.equals(Profile.QUICK) ? operation.brief() : operation)
                .toList();
    }

    /// Those with the given names, in the order of the report; all if there are no names.
    ///
    /// @throws IllegalArgumentException if a name is unknown
    public static List<Operation> named(List<String> names) {
        for (String name : names) {
            if (ALL.stream().noneMatch(operation -> operation.name().equals(name))) {
                throw new IllegalArgumentException("no operation " + name + "; there are "
                        + ALL.stream().map(Operation::name).collect(Collectors.joining(", ")));
            }
        }
        return ALL.stream()
                .filter(operation -> names.isEmpty() || names.contains(operation.name()))
                .toList();
    }
}
