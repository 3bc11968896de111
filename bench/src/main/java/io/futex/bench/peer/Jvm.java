package io.futex.bench.peer;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// How to start one more JVM like this one.
public final class Jvm {
    private Jvm() {}

    /// The `java` of this JVM.
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Lets JMH 1.37 use what the JVM warns of; the processes that are measured go without.
    private static final String UNSAFE = "--sun-misc-unsafe-memory-access=";

    /// For the libraries of others: what Agrona cannot begin without, and no word of Chronicle's logger.
    public static final List<String> LIBRARIES =
            List.of("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", "-Dslf4j.internal.verbosity=ERROR");

    /// The options of this JVM: native access, and whatever the user has set. Agents stay out.
    public static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-javaagent") && !option.startsWith("-agentlib"))
                .filter(option -> !option.startsWith(UNSAFE))
                .toList();
    }

    /// The class path of this JVM.
    public static String classPath() {
        return System.getProperty("java.class.path");
    }

    /// A command that runs a main class with the options and the class path of this JVM.
    public static List<String> command(Class<?> main, String... arguments) {
        return command(List.of(), main, arguments);
    }

    /// The same with more options.
    public static List<String> command(List<String> more, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(java());
        command.addAll(options());
        command.addAll(more);
        command.add("-cp");
        command.add(classPath());
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }
}
