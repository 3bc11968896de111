package io.futex.bench.os;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/// What the processors of this machine have done so far, and how much of it for this process.
///
/// @param busyNanos by all programs and by the system; in steps of 10 ms; NaN where the system does not tell
/// @param ownNanos by this process
/// @param nanos of `System.nanoTime()` when this was so
public record Load(double busyNanos, double ownNanos, long nanos) {
    /// Linux counts time in hundredths of a second, whatever its own clock is.
    private static final double TICK_NANOS = 10_000_000;

    /// user, nice, system, irq, softirq, steal: not idle, nor idle while a disk works.
    private static final int[] BUSY = {0, 1, 2, 5, 6, 7};

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /// As it is now.
    public static Load now() {
        double busy = Proc.field("/proc/stat", "cpu ")
                .map(line -> line.split(" +", -1))
                .map(times -> Arrays.stream(BUSY)
                        .mapToLong(time -> Long.parseLong(times[time]))
                        .sum())
                .map(ticks -> ticks * TICK_NANOS)
                .orElse(Double.NaN);
        return new Load(busy, SYSTEM.getProcessCpuTime(), System.nanoTime());
    }

    /// How much of one processor other programs have used since then; NaN where the system does not tell.
    public double foreignSince(Load then) {
        double foreign = busyNanos - then.busyNanos - (ownNanos - then.ownNanos);
        return foreign / (nanos - then.nanos);
    }
}
