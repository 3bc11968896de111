package io.futex.bench;

import io.futex.bench.operation.Session;
import io.futex.bench.os.Affinity;
import io.futex.bench.os.Proc;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// The machine and the JVM, for reports.
final class Machine {
    private Machine() {}

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        facts.put("processors", processors());
        facts.put(
                "JVM",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version") + ", "
                        + ManagementFactory.getGarbageCollectorMXBeans().stream()
                                .map(GarbageCollectorMXBean::getName)
                                .collect(Collectors.joining(" + ")));
        facts.put("build", "futex 0.1.0-SNAPSHOT, " + ClassPath.digest());
        facts.put("libraries", String.join(", ", ClassPath.libraries()));
        facts.put("begun", Session.now());
        facts.put("load", Proc.line("/proc/loadavg").orElse("unknown"));
        return facts;
    }

    private static String processors() {
        String model = Proc.field("/proc/cpuinfo", "model name")
                .map(name -> name.replaceFirst("^[\\s:]*", ""))
                .orElse("unknown model");
        return Runtime.getRuntime().availableProcessors() + " (" + model + ")"
                + (Affinity.allowed().isEmpty() ? "" : ", allowed " + Affinity.allowed());
    }
}
