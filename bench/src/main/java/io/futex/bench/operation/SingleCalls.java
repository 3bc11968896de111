package io.futex.bench.operation;

import io.futex.bench.experiment.SingleCall;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Calls of one thread by JMH in turns: one fork of each, then the next fork of each.
final class SingleCalls {
    /// Before a call that several threads make at once, at the same object.
    static final String CROWD = "crowd ";

    private static final int CROWD_THREADS = 4;

    /// As the profiler of JMH 1.37 names the bytes of each operation.
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    static {
        System.setProperty("jmh.ignoreLock", "true"); // a JMH of somebody else on this machine is no reason to fail
    }

    private final Results results;

    private SingleCalls(Results results) {
        this.results = results;
    }

    /// @param calls as the benchmark names them
    static SingleCalls run(Session session, String... calls) {
        return run(session, session.profile().micro(), calls);
    }

    /// @param micro in the place of the profile's
    static SingleCalls run(Session session, Profile.Micro micro, String... calls) {
        try (Contest contest = new Contest()) {
            for (String call : calls) {
                contest.add(call, () -> unused -> measure(session, micro, call), request -> request);
            }
            return new SingleCalls(contest.run(Request.of("call"), micro.forks()));
        }
    }

    Row row(String label, String ours) {
        return Row.of(label, Unit.TIME, time(ours, "")).bytes(results.median(ours, "bytes"));
    }

    Row row(String label, String ours, String who, String theirs) {
        return row(label, ours).java(time(theirs, who));
    }

    /// The median of the forks.
    ///
    /// @param who in the table
    Figure time(String call, String who) {
        return results.median(call, "ns").named(who);
    }

    private static double few(String call) throws IOException {
        try {
            return SingleCall.few(call.replaceFirst("^" + CROWD, ""));
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static Reply measure(Session session, Profile.Micro micro, String call) throws IOException {
        session.progress().step(call);
        Reply reply = new Reply();
        if (!session.forks()) {
            reply.put("ns", few(call));
            return reply;
        }
        TimeValue time = TimeValue.milliseconds(micro.millis());
        List<String> jvm = new ArrayList<>(Jvm.options());
        jvm.add("--sun-misc-unsafe-memory-access=allow"); // JMH 1.37 uses it; the warning would be all that is seen
        try {
            RunResult result = new Runner(new OptionsBuilder()
                            .include(SingleCall.class.getName())
                            .param("call", call.replaceFirst("^" + CROWD, ""))
                            .threads(call.startsWith(CROWD) ? CROWD_THREADS : 1)
                            .forks(1)
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
                            .build())
                    .runSingle();
            reply.put("ns", result.getPrimaryResult().getScore());
            if (result.getSecondaryResults().containsKey(ALLOCATED)) {
                reply.put("bytes", result.getSecondaryResults().get(ALLOCATED).getScore());
            }
            return reply;
        } catch (RunnerException e) {
            throw new IOException("JMH: " + e.getMessage(), e);
        }
    }
}
