package io.futex.bench.operation;

import io.futex.bench.micro.WakeBench;
import io.futex.bench.peer.Jvm;
import io.futex.bench.report.Figure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Runs benchmarks of JMH in turns: one fork of each, then the next fork of each.
final class MicroRunner {
    private static final String PACKAGE = WakeBench.class.getPackageName();

    /// As the profiler of JMH 1.37 names the bytes of each operation.
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    static {
        System.setProperty("jmh.ignoreLock", "true"); // a JMH of somebody else on this machine is no reason to fail
    }

    /// What the forks of one benchmark measured.
    ///
    /// @param nanos one a fork
    /// @param bytes one a fork
    /// @param failure why there is nothing; else empty
    record Measured(List<Double> nanos, List<Double> bytes, String failure) {}

    private MicroRunner() {}

    /// @param benchmarks as `Class.method`
    static Map<String, Measured> run(Session session, List<String> benchmarks) {
        return run(session, session.profile().micro(), benchmarks);
    }

    /// @param micro in the place of the profile's
    static Map<String, Measured> run(Session session, Profile.Micro micro, List<String> benchmarks) {
        Map<String, Measured> all = new HashMap<>();
        for (int fork = 0; fork < micro.forks(); fork++) {
            for (String benchmark : benchmarks) {
                session.progress().step(benchmark);
                Measured measured = all.computeIfAbsent(
                        benchmark, unused -> new Measured(new ArrayList<>(), new ArrayList<>(), ""));
                try {
                    RunResult result = new Runner(options(session, micro, benchmark)).runSingle();
                    measured.nanos.add(result.getPrimaryResult().getScore());
                    if (result.getSecondaryResults().containsKey(ALLOCATED)) {
                        measured.bytes.add(
                                result.getSecondaryResults().get(ALLOCATED).getScore());
                    }
                } catch (RunnerException e) {
                    all.put(benchmark, new Measured(List.of(), List.of(), "JMH: " + e.getMessage()));
                }
            }
        }
        return all;
    }

    /// The median time.
    static Figure time(Map<String, Measured> all, String benchmark, String who) {
        return figure(all, benchmark, who, false);
    }

    /// The median of what is allocated for each operation.
    static Figure bytes(Map<String, Measured> all, String benchmark) {
        return figure(all, benchmark, "", true);
    }

    private static Figure figure(Map<String, Measured> all, String benchmark, String who, boolean bytes) {
        Measured measured = all.get(benchmark);
        if (measured == null || measured.nanos.isEmpty()) {
            return Figure.absent(who, measured == null ? "not run" : measured.failure);
        }
        List<Double> samples = bytes ? measured.bytes : measured.nanos;
        return samples.isEmpty()
                ? Figure.absent(who, "the profiler of JMH gave nothing")
                : Figure.median(
                        who, samples.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static Options options(Session session, Profile.Micro micro, String benchmark) {
        TimeValue time = TimeValue.milliseconds(micro.millis());
        List<String> jvm = new ArrayList<>(Jvm.options());
        jvm.add("--sun-misc-unsafe-memory-access=allow"); // JMH 1.37 uses it; the warning would be all that is seen
        return new OptionsBuilder()
                .include("^" + (PACKAGE + "." + benchmark).replace(".", "\\.") + "$")
                .forks(session.forks() ? 1 : 0)
                .warmupIterations(1)
                .warmupTime(time)
                .measurementIterations(micro.iterations())
                .measurementTime(time)
                .timeUnit(TimeUnit.NANOSECONDS)
                .timeout(TimeValue.seconds(60))
                .addProfiler(GCProfiler.class)
                .jvm(Jvm.java())
                .jvmArgs(jvm.toArray(String[]::new))
                .verbosity(VerboseMode.SILENT)
                .build();
    }
}
