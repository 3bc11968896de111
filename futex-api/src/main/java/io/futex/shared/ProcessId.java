package io.futex.shared;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// Tells processes apart, also those that had the same id one after the other: the id, and 32 bits of when it began.
final class ProcessId {
    private static final boolean LINUX = System.getProperty("os.name", "").startsWith("Linux");

    /// Shown to everybody, unless /proc is mounted with hidepid: then nobody is told of others.
    private static final Path INIT = Path.of("/proc/1/stat");

    // proc_pid_stat(5), counted from the state, which is field 3: the number of threads and the start.
    private static final int THREADS = 20 - 3;
    private static final int START = 22 - 3;

    private static final long GONE = -1;
    private static final long UNKNOWN = -2;

    /// This process.
    static final long SELF = find();

    private ProcessId() {}

    private static long find() {
        long pid = ProcessHandle.current().pid();
        return id(pid, Math.max(0, start(pid)));
    }

    private static long id(long pid, long start) {
        return pid << Integer.SIZE | (start & 0xFFFF_FFFFL);
    }

    /// Whether a process has not ended. If there is no telling, it has not.
    static boolean isAlive(long process) {
        long pid = process >>> Integer.SIZE;
        long start = start(pid);
        return start == UNKNOWN || (start != GONE && id(pid, start) == process);
    }

    /// On Linux in ticks since the boot: what the JVM tells there is derived from the time of day, which is set now and
    /// then, and differs from process to process.
    private static long start(long pid) {
        if (!LINUX) {
            Optional<ProcessHandle> process = ProcessHandle.of(pid);
            return process.isEmpty()
                    ? GONE
                    : process.get()
                            .info()
                            .startInstant()
                            .map(Instant::toEpochMilli)
                            .orElse(UNKNOWN);
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The name, in parentheses, may have any character.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            // The first thread may end before the others.
            return ended && Integer.parseInt(fields[THREADS]) <= 1 ? GONE : Long.parseLong(fields[START]);
        } catch (NoSuchFileException e) {
            return Files.isReadable(INIT) ? GONE : UNKNOWN;
        } catch (IOException e) {
            // ESRCH, if it ended between the open and the read: the next look will tell.
            return UNKNOWN;
        }
    }
}
