package io.futex.bench.operation;

import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.NativePeer;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import io.futex.bench.start.Bare;
import io.futex.bench.start.Empty;
import io.futex.bench.start.Ours;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What the library adds to the start of a program.
final class FirstUse {
    private static final String BARE = "bare FFM";
    private static final String EMPTY = "empty main";
    private static final String CACHED = " with AOT cache";
    private static final double JAR_BYTES = 300 * 1024;

    private FirstUse() {}

    static List<String> run(Session session, List<Row> rows) {
        try (Contest contest = new Contest()) {
            add(contest, session, Contest.OURS, Ours.class);
            add(contest, session, BARE, Bare.class);
            add(contest, session, EMPTY, Empty.class);
            session.progress()
                    .step("making AOT caches, then " + session.profile().starts() + " starts of each");
            contest.warmUp(Request.of("start")); // makes the caches
            Results results = contest.run(Request.of("start"), session.profile().starts());
            Row plain = row("a program with one wake and one wait", results, "");
            rows.add(plain.goal(Goal.atMost("≤ 1.3 x bare FFM", 1 / plain.againstJava(), 1.3)));
            rows.add(row("with an AOT cache", results, CACHED));
        }
        jars().ifPresent(rows::add);
        return List.of("wall time of a whole process from its start to its end; bare FFM links syscall with the same "
                + "descriptor and options and does the same calls; the AOT cache is one of JDK 25 "
                + "(-XX:AOTCacheOutput, then -XX:AOTCache)");
    }

    private static Row row(String label, Results results, String variant) {
        return Row.of(label, Unit.TIME, results.median(variant, "ns").named(""))
                .java(results.median(BARE + variant, "ns").named(BARE))
                .beside(results.median(EMPTY + variant, "ns").named(EMPTY));
    }

    private static void add(Contest contest, Session session, String name, Class<?> main) {
        contest.add(name, () -> launch(command(main, List.of())), request -> request);
        Path cache = session.file(main.getSimpleName() + ".aot");
        contest.add(
                name + CACHED,
                () -> {
                    if (!classPath().stream().allMatch(entry -> entry.endsWith(".jar"))) {
                        throw new IOException("an AOT cache needs a class path of jars");
                    }
                    NativePeer.output(command(main, List.of("-XX:AOTCacheOutput=" + cache)));
                    return launch(command(main, List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on")));
                },
                request -> request);
    }

    /// The class path of a user: without what only this module needs.
    private static List<String> classPath() {
        return Stream.of(Jvm.classPath().split(Pattern.quote(File.pathSeparator), -1))
                .filter(entry ->
                        !entry.endsWith(".jar") || new File(entry).getName().startsWith("futex-"))
                .toList();
    }

    private static List<String> command(Class<?> main, List<String> options) {
        List<String> command = new ArrayList<>(List.of(Jvm.java()));
        command.addAll(Jvm.options());
        command.addAll(options);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, classPath()), main.getName()));
        return command;
    }

    private static Optional<Row> jars() {
        List<File> own = classPath().stream()
                .map(File::new)
                .filter(file -> file.getName().matches("futex-(api|all|linux|macos|windows)-.*\\.jar"))
                .toList();
        if (own.isEmpty()) {
            return Optional.empty();
        }
        long bytes = own.stream().mapToLong(File::length).sum();
        return Optional.of(Row.of(own.size() + " jars together", Unit.BYTES, Figure.median("", (double) bytes))
                .goal(Goal.atMost("≤ 300 KB", (double) bytes, JAR_BYTES)));
    }

    /// Starts a process and waits for its end.
    private static Peer launch(List<String> command) {
        return unused -> {
            long begin = System.nanoTime();
            NativePeer.output(command);
            Reply reply = new Reply();
            reply.put("ns", (double) (System.nanoTime() - begin));
            return reply;
        };
    }
}
