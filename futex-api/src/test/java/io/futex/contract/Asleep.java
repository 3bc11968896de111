package io.futex.contract;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/// Whether a thread sleeps on a word. The JVM tells it of a parked thread; one in a native wait is `RUNNABLE` to the
/// JVM, so there the kernel is asked, or where that tells nothing, the stack.
public final class Asleep {
    private static final Path TASKS = Path.of("/proc/self/task");

    /// By name too: a Windows program under wine can read /proc, and learns nothing there.
    private static final boolean LINUX =
            System.getProperty("os.name").startsWith("Linux") && Files.isReadable(TASKS.resolveSibling("syscall"));

    /// Whether native waiters sleep on words of their own, which the kernel cannot know to be the ones asked for.
    private static final boolean OWN_WORDS = Boolean.getBoolean("io.futex.test.own.words");

    // linux/futex.h: FUTEX_WAIT_BITSET, and with FUTEX_PRIVATE_FLAG; the operations of a wait where words are its own.
    // The locks of the C library, of an emulator and of the JVM wait by others: a thread that is RUNNABLE to the JVM
    // never waits for one of them by these.
    private static final String FUTEX_WAITV = "449";
    private static final String WAIT_BITSET = "0x9 ";
    private static final String WAIT_BITSET_PRIVATE = "0x89 ";

    /// On each architecture. The poller has given all it has to the kernel when it sleeps there.
    private static final String IO_URING_ENTER = "426";

    private static final Map<Thread, Path> KERNEL_THREADS = new ConcurrentHashMap<>();

    private Asleep() {}

    /// Whether the thread sleeps on the word right now, or as good as that: without a kernel to ask, that it is in the
    /// native call of the wait. There it is in the list of its word already, so a wake from now on finds it.
    public static boolean on(Thread thread, MemorySegment word) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> !thread.isVirtual() || isDelegated(thread, word);
            case RUNNABLE -> !thread.isVirtual() && (LINUX ? inKernel(thread, word) : inWaitCall(thread));
            default -> false;
        };
    }

    /// What a virtual thread is blocked by says who waits for it, and whether that is in the system already.
    private static boolean isDelegated(Thread thread, MemorySegment word) {
        String blocker = String.valueOf(LockSupport.getBlocker(thread));
        if (!blocker.startsWith("wait on the shared word")) {
            return true; // in a queue of this library
        }
        String[] pooled = blocker.split("asleep by ", -1);
        return pooled.length == 2
                ? !LINUX || isOn(kernelCall(find(pooled[1])), word)
                : blocker.endsWith("with the poller") && kernelCall(find("futex-poller"))[0].equals(IO_URING_ENTER);
    }

    /// As [#on], and whatever comes before the sleep is surely over: a thread is `WAITING` to the JVM a moment before
    /// it is off the processor, and one whose wait has failed asks for the reason by a wait of a nanosecond, in which
    /// it sleeps too. So it has slept for a while without having run, or where there is no kernel to ask, without
    /// having used processor time.
    ///
    /// @param thread a platform thread
    public static boolean soundly(Thread thread, MemorySegment word) {
        if (!on(thread, word)) {
            return false;
        }
        if (LINUX) {
            List<String> runs = switches(thread);
            LockSupport.parkNanos(2_000_000); // not to await anything: to let time pass
            String[] call = kernelCall(kernelThread(thread));
            return call.length == 3
                    && !call[0].equals("-1") // a page to come
                    && on(thread, word)
                    && switches(thread).equals(runs);
        }
        long before = ThreadMeters.cpuNanos(thread);
        for (int i = 0; i < 10; i++) {
            LockSupport.parkNanos(10_000_000); // not to await anything: to let time pass
        }
        return on(thread, word) && ThreadMeters.cpuNanos(thread) == before;
    }

    /// The directory of a platform thread in /proc. The JVM gives its threads' names to the kernel, 15 bytes of them.
    public static Path kernelThread(Thread thread) {
        return KERNEL_THREADS.computeIfAbsent(thread, unused -> find(thread.getName()));
    }

    private static Path find(String name) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (name.equals(read(task.resolve("comm")))) {
                    return task;
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return null; // not named yet, or gone: not remembered
    }

    /// Whether a thread that is not parked sleeps on the word. The first argument of every futex call but futex_waitv
    /// is the address, the second of the older ones the operation. Of futex_waitv it is an array, so that one is
    /// believed: in a test a thread waits for the words that it asks for.
    private static boolean inKernel(Thread thread, MemorySegment word) {
        return isOn(kernelCall(kernelThread(thread)), word);
    }

    private static boolean isOn(String[] call, MemorySegment word) {
        return call.length == 3
                && (call[0].equals(FUTEX_WAITV)
                        || call[1].equals("0x" + Long.toHexString(word.address()))
                        || (OWN_WORDS && isWait(call[2])));
    }

    private static boolean isWait(String arguments) {
        return arguments.startsWith(WAIT_BITSET) || arguments.startsWith(WAIT_BITSET_PRIVATE);
    }

    /// The number of the call that a thread is blocked in, its first argument, and the others. Fewer where it is
    /// running: `/proc/self/task/ID/syscall` tells it of threads alone that are off the processor.
    private static String[] kernelCall(Path task) {
        return task == null ? new String[] {""} : read(task.resolve("syscall")).split(" ", 3);
    }

    /// How often the thread has given its processor away, and lost it.
    private static List<String> switches(Thread thread) {
        Path task = kernelThread(thread);
        return task == null
                ? List.of()
                : read(task.resolve("status"))
                        .lines()
                        .filter(line -> line.contains("ctxt_switches"))
                        .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // the thread has ended meanwhile
        }
    }

    /// Both bindings make their calls in a class that is named after them.
    private static boolean inWaitCall(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().startsWith("io.futex.")) {
                return frame.getClassName().endsWith("Calls")
                        && frame.getMethodName().toLowerCase(Locale.ROOT).contains("wait");
            }
        }
        return false;
    }
}
