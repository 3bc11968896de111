package io.futex.contract;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// A filter that this process puts on itself, on all its threads and for good: some system calls fail from then on.
/// Linux on x86-64; needs no privilege. Source: seccomp(2).
public final class SeccompFilter {
    /// What an old kernel answers, and a container that hides new calls well.
    public static final int ENOSYS = 38;

    /// What a container answers that forbids what it does not know.
    public static final int EPERM = 1;

    /// Numbers of x86-64.
    public static final int FUTEX_WAITV = 449;

    public static final int FUTEX_WAKE = 454;
    public static final int FUTEX_WAIT = 455;
    public static final int FUTEX_REQUEUE = 456;
    public static final int IO_URING_SETUP = 425;
    public static final int IO_URING_ENTER = 426;
    public static final int IO_URING_REGISTER = 427;

    private static final int PRCTL = 157;
    private static final int SECCOMP = 317;
    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final int SET_MODE_FILTER = 1;
    private static final int FLAG_TSYNC = 1;

    // linux/bpf_common.h: load a word, jump if equal, return a constant
    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int ALLOW = 0x7fff_0000;
    private static final int FAIL = 0x0005_0000;
    private static final int KILL_PROCESS = 0x8000_0000;

    private static final int INSTRUCTION_BYTES = 8; // struct sock_filter { u16 code; u8 jt; u8 jf; u32 k; }

    private SeccompFilter() {}

    /// Whether this machine can have one.
    public static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    /// Everything that is newer than futex(2), for one answer.
    public static void denyWhatIsNew(int errno) {
        deny(
                errno,
                FUTEX_WAITV,
                FUTEX_WAKE,
                FUTEX_WAIT,
                FUTEX_REQUEUE,
                IO_URING_SETUP,
                IO_URING_ENTER,
                IO_URING_REGISTER);
    }

    /// Makes these system calls fail.
    public static void deny(int errno, int... numbers) {
        install(FAIL | errno, numbers);
    }

    /// Makes these system calls end the process, by SIGSYS.
    public static void kill(int... numbers) {
        install(KILL_PROCESS, numbers);
    }

    /// Loads the number, compares it with each, does so if one is equal, else allows.
    private static void install(int action, int... numbers) {
        int length = numbers.length + 3;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment filter = arena.allocate((long) length * INSTRUCTION_BYTES, 8);
            instruction(filter, 0, LOAD_WORD, 0, 0); // the number is the first field of struct seccomp_data
            for (int i = 0; i < numbers.length; i++) {
                instruction(filter, i + 1, JUMP_IF_EQUAL, numbers.length - i, numbers[i]);
            }
            instruction(filter, numbers.length + 1, RETURN, 0, ALLOW);
            instruction(filter, numbers.length + 2, RETURN, 0, action);
            MemorySegment program = arena.allocate(16, 8); // struct sock_fprog { u16 len; sock_filter *filter; }
            program.set(JAVA_SHORT, 0, (short) length);
            program.set(ADDRESS, 8, filter);
            call(PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0);
            call(SECCOMP, SET_MODE_FILTER, FLAG_TSYNC, program.address());
        }
    }

    private static void instruction(MemorySegment filter, int index, int code, int jumpIfTrue, int operand) {
        long offset = (long) index * INSTRUCTION_BYTES;
        filter.set(JAVA_SHORT, offset, (short) code);
        filter.set(JAVA_BYTE, offset + 2, (byte) jumpIfTrue);
        filter.set(JAVA_INT, offset + 4, operand);
    }

    private static void call(long number, long a, long b, long c) {
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1));
        long result;
        try {
            result = (long) syscall.invokeExact(number, a, b, c, 0L, 0L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        if (result != 0) {
            throw new AssertionError("system call " + number + " failed");
        }
    }
}
