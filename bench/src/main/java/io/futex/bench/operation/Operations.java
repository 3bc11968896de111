package io.futex.bench.operation;

import java.util.List;

/// Every operation of the report.
public final class Operations {
    private static final List<Operation> ALL = List.of(
            quick("calls", "calls that need not sleep", Calls::run),
            slow("boundary", "crossing from Java to C", Calls::boundary),
            quick("ping-pong", "ping-pong of two threads", HandOvers::threads),
            quick("processes", "ping-pong of two processes over a mapped file", HandOvers::processes),
            quick("doorbell", "Doorbell by placement", HandOvers::doorbell),
            slow("adapters", "consumers of Agrona, Disruptor, Chronicle", Adapters::run),
            slow("wasm", "hand-over with WebAssembly guests", HandOvers::guests),
            quick("mutex", "PMutex", Mutexes::run),
            slow("rw-mutex", "RwMutex", Primitives::rwMutex),
            quick("release", "release of many waiters", Primitives::release),
            quick("wait-group", "WaitGroup", Primitives::waitGroup),
            slow("condition", "PCondition", Primitives::condition),
            slow("barrier", "Barrier", Primitives::barrier),
            slow("semaphore", "Semaphore, Event, Once, Parker", Primitives::semaphore),
            slow("robust", "RobustMutex", RobustLocks::run),
            slow("queue", "SharedQueue of two processes", HandOvers::queues),
            slow("idle", "200 quiet SharedQueues of another process", IdleQueues::run),
            slow("shared-waits", "virtual threads on shared words", SharedWaits::run),
            slow("callers-memory", "over memory of the caller", Primitives::callersMemory),
            quick("channels", "Channel and Select", Channels::run),
            quick("late", "lateness of a timed wait", Calls::timedWaits),
            quick("first-use", "first use", FirstUse::run),
            quick("memory", "memory", Memory::run));

    /// What a quick run of everything measures of some.
    private static final List<Operation> BRIEF = List.of(
            quick("doorbell", "Doorbell", HandOvers::briefDoorbell), quick("channels", "Channel", Channels::brief));

    private Operations() {}

    private static Operation quick(String name, String title, Operation.Measure measure) {
        return new Operation(name, title, true, measure);
    }

    private static Operation slow(String name, String title, Operation.Measure measure) {
        return new Operation(name, title, false, measure);
    }

    /// All, in the order of the report.
    public static List<Operation> all() {
        return ALL;
    }

    /// Those that a run with this profile measures if it was not told which.
    public static List<Operation> of(Profile profile) {
        return !profile.equals(Profile.QUICK)
                ? ALL
                : ALL.stream().filter(Operation::isQuick).map(Operations::brief).toList();
    }

    private static Operation brief(Operation operation) {
        return BRIEF.stream()
                .filter(brief -> brief.name().equals(operation.name()))
                .findFirst()
                .orElse(operation);
    }

    /// Those with the given names, in the order of the report; all if there are no names.
    ///
    /// @throws IllegalArgumentException if a name is unknown
    public static List<Operation> named(List<String> names) {
        List<String> known = ALL.stream().map(Operation::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no operation " + name + "; there are " + String.join(", ", known));
            }
        }
        return ALL.stream()
                .filter(operation -> names.isEmpty() || names.contains(operation.name()))
                .toList();
    }
}
