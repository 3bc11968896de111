package io.futex.bench;

import io.futex.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Which backends this process uses, and why these.
final class Choice {
    private static final String BACKEND = "io.futex.backend";
    private static final String BINDING = "io.futex.binding";

    private Choice() {}

    /// For people, a line each.
    ///
    /// @throws IllegalStateException if a backend or a binding was asked for that cannot be had
    static List<String> lines() {
        askForVirtualThreads();
        List<String> lines = new ArrayList<>();
        lines.add("local       " + Futex.local());
        lines.add("shared      " + Futex.shared());
        lines.add("why         " + why(System.getProperty(BACKEND), System.getProperty(BINDING)));
        Futex.unavailable().forEach((name, reason) -> lines.add("not         " + name + ": " + reason));
        return lines;
    }

    /// Who waits on shared words for virtual threads is found out at first need.
    private static void askForVirtualThreads() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(Integer.BYTES, Integer.BYTES);
            Thread.ofVirtual()
                    .start(() -> Futex.shared().waitUninterruptibly(word, 0, 1, TimeUnit.MILLISECONDS))
                    .join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String why(@Nullable String backend, @Nullable String binding) {
        List<String> reasons = new ArrayList<>();
        if (backend != null) {
            reasons.add("-D" + BACKEND + "=" + backend + " asks for it");
        } else if (Futex.local().backend().equals("portable")) {
            reasons.add("no native backend is usable here");
        } else {
            reasons.add("the first usable native backend of this system");
        }
        if (binding != null) {
            reasons.add("-D" + BINDING + "=" + binding + " asks for the binding");
        } else {
            reasons.add("the binding is the backend's own choice");
        }
        if (Futex.shared().backend().equals("polling")) {
            reasons.add("shared words are polled, since nothing here waits across processes");
        }
        return String.join("; ", reasons);
    }
}
