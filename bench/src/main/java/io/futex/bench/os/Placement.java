package io.futex.bench.os;

import java.util.List;

/// Where the two sides of a ping-pong run.
///
/// @param label for the table; names the processors
/// @param pingCpu the processor of the side that measures, -1 if it is left to the system
/// @param pongCpu the processor of the side that answers, -1 if it is left to the system
/// @param pongOtherCpu where the side that answers is moved every 20 ms and back again, -1 if it stays
public record Placement(String label, int pingCpu, int pongCpu, int pongOtherCpu) {
    /// Left to the scheduler.
    public static final Placement UNPINNED = new Placement("unpinned", -1, -1, -1);

    /// Both on one processor.
    ///
    /// @param cpus those that this process may use, at least one
    public static Placement oneCore(List<Integer> cpus) {
        return new Placement("one core (both on cpu " + cpus.get(0) + ")", cpus.get(0), cpus.get(0), -1);
    }

    /// Each on its own processor; not two threads of one core, if there is a choice.
    ///
    /// @param cpus those that this process may use, at least two
    public static Placement twoCores(List<Integer> cpus) {
        int first = cpus.get(0);
        String siblings = siblings(first);
        int second = cpus.stream()
                .skip(1)
                .filter(cpu -> !siblings.equals(siblings(cpu)))
                .findFirst()
                .orElse(cpus.get(1));
        return new Placement("two cores (cpu " + first + " and " + second + ")", first, second, -1);
    }

    /// Each on its own processor, or both on one: the one that answers is moved.
    ///
    /// @param cpus those that this process may use, at least two
    public static Placement moved(List<Integer> cpus) {
        Placement apart = twoCores(cpus);
        return new Placement(
                "moved (cpu " + apart.pingCpu + ", the other side to " + apart.pingCpu + " and " + apart.pongCpu
                        + " every 20 ms)",
                apart.pingCpu,
                apart.pingCpu,
                apart.pongCpu);
    }

    private static String siblings(int cpu) {
        return Proc.line("/sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list")
                .orElse(String.valueOf(cpu));
    }
}
