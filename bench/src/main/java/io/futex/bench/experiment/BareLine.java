package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// One end of a line over a word, by the bare system call through FFM: no library, no policy, no interrupts. What a
/// hand-over costs a JVM at the very least, whoever writes it.
final class BareLine implements Line {
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final long WAIT = 0;
    private static final long WAKE = 1;
    /// FUTEX_PRIVATE_FLAG of linux/futex.h.
    private static final long PRIVATE = 128;

    private final MemorySegment word;
    private final long scope;
    private int last = PONG;

    /// One end of a line.
    ///
    /// @param word zero at the begin
    /// @param shared whether the other end is another process
    BareLine(MemorySegment word, boolean shared) {
        this.word = word;
        this.scope = shared ? 0 : PRIVATE;
    }

    @Override
    public void send(int message) {
        last = message;
        INT.setVolatile(word, 0L, message);
        Call.make(word, WAKE | scope, 1);
    }

    @Override
    public int receive() {
        int message;
        while ((message = (int) INT.getVolatile(word, 0L)) == last) {
            Call.make(word, WAIT | scope, last);
        }
        return message;
    }

    /// Linked at the first use only: other systems have no such call.
    private static final class Call {
        private static final long NUMBER = number(System.getProperty("os.arch"));
        private static final MethodHandle SYSCALL = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker()
                                .defaultLookup()
                                .find("syscall")
                                .orElseThrow(() -> new UnsupportedOperationException("no syscall() here")),
                        FunctionDescriptor.of(
                                JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.firstVariadicArg(1));

        static void make(MemorySegment word, long operation, long value) {
            try {
                var unused = (long) SYSCALL.invokeExact(NUMBER, word, operation, value, 0L, 0L, 0L);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        private static long number(String arch) {
            return switch (arch) {
                case "amd64" -> 202;
                case "aarch64", "riscv64" -> 98;
                default -> throw new UnsupportedOperationException("the number of futex() on " + arch);
            };
        }
    }
}
