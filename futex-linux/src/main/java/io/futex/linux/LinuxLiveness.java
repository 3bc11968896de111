package io.futex.linux;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Liveness;
import io.futex.spi.Machine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// By /proc: when a process or a thread was started, in ticks since the boot, which no step of the wall clock changes.
/// An emulator shows it as the kernel does.
///
/// Sources: proc_pid_stat(5), tkill(2), random(4), namespaces(7).
final class LinuxLiveness implements Liveness {
    // Fields of proc_pid_stat(5), counted from the one after the name, which may hold anything.
    private static final int STATE = 0;
    private static final int THREADS = 20 - 3;
    private static final int START_TIME = 22 - 3;

    private final LinuxCalls calls;
    private final RobustNumbers numbers;

    private LinuxLiveness(LinuxCalls calls, RobustNumbers numbers) {
        this.calls = calls;
        this.numbers = numbers;
    }

    /// Tried out by a thread that is not its process's first, whose number is easily taken for the process's.
    static LinuxLiveness create(LinuxCalls calls) throws BackendUnavailableException {
        RobustNumbers numbers = RobustNumbers.of(System.getProperty("os.arch", ""));
        if (numbers == null) {
            throw new BackendUnavailableException("the system call numbers of this architecture are not known");
        }
        LinuxLiveness liveness = new LinuxLiveness(calls, numbers);
        if (liveness.threadStart() < 0) {
            throw new BackendUnavailableException("/proc does not tell of threads");
        }
        return liveness;
    }

    @Override
    public Machine machine() {
        String boot = "";
        long namespace = 0;
        try {
            boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            // A link to `pid:[4026531836]`.
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            namespace = Long.parseLong(link.replaceAll("[^0-9]", ""));
        } catch (IOException | NumberFormatException e) {
            // not shown to us
        }
        return Machine.of(boot, namespace);
    }

    /// The first thread may end before the others, and is not gone before them.
    @Override
    public long startOf(long process) {
        return start(process, true);
    }

    @Override
    public int thread() {
        return (int) calls.syscall(numbers.gettid(), MemorySegment.NULL, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long threadStart() {
        return start(thread(), false);
    }

    @Override
    public boolean hasEnded(int thread, long start) {
        long found = start(thread, false);
        return found == GONE || (found != UNKNOWN && start != UNKNOWN && found != start);
    }

    private long start(long id, boolean isProcess) {
        if (!exists(id)) {
            return GONE;
        }
        String[] stat = stat(id);
        if (stat == null) {
            return UNKNOWN; // hidden from us, or it has just ended: the next look will tell
        }
        boolean hasEnded = stat[STATE].equals("Z") || stat[STATE].equals("X");
        return hasEnded && !(isProcess && Integer.parseInt(stat[THREADS]) > 1)
                ? GONE
                : Long.parseLong(stat[START_TIME]);
    }

    /// By a signal that is none: what is not ours to see in /proc may be there all the same.
    private boolean exists(long id) {
        // To the kernel 0 and what is beyond its numbers is no id, but an argument that it refuses.
        return id > 0
                && id <= Integer.MAX_VALUE
                && calls.syscallForErrno(numbers.tkill(), MemorySegment.NULL, id, 0, 0, 0, 0, 0) != -Errno.ESRCH;
    }

    private static String @Nullable [] stat(long id) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(id), "stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return fields.length > START_TIME ? fields : null;
        } catch (IOException e) {
            return null;
        }
    }
}
