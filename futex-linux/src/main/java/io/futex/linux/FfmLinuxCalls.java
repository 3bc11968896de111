package io.futex.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Optional;

/// libc's `syscall` by the foreign function interface of the JDK. One descriptor serves every system call, since
/// linking is what costs; it is linked twice, since capturing errno costs too. At every call FFM then takes a slice of
/// the segment to capture into, 40 bytes on the heap until the caller is compiled by C2, and for good where that does
/// not inline everything (JDK 25, SharedUtils.checkCaptureSegment). So errno is captured only where nothing else can
/// tell.
final class FfmLinuxCalls implements LinuxCalls {
    // long syscall(long number, ...);                                                            <unistd.h> All
    // arguments are passed as long, which is what the kernel takes; the last one is not an argument. libc hands six to
    // the kernel and ignores it. FFM keeps the arena of a segment that it passes open for the length of the call, so
    // the word cannot be unmapped under a sleeping thread, without the slice that passing the word itself would need.
    // (number, address of the word, five more, the segment that holds the word)
    private static final FunctionDescriptor SYSCALL = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final long ERRNO = CAPTURE.byteOffset(PathElement.groupElement("errno"));
    private static final MethodHandle CAPTURING = link(Linker.Option.captureCallState("errno"));
    private static final MethodHandle PLAIN = link();

    @SuppressWarnings("restricted") // the one place of this module that needs native access
    private static MethodHandle link(Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> symbol = linker.defaultLookup().find("syscall");
        if (symbol.isEmpty()) { // without a lambda, which would cost every program a millisecond
            throw new UnsatisfiedLinkError("libc has no function syscall");
        }
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.firstVariadicArg(1);
        return linker.downcallHandle(symbol.get(), SYSCALL, all);
    }

    @Override
    public long syscall(
            int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        MemorySegment capture = ThreadBlock.current().capture;
        try {
            long result =
                    (long) CAPTURING.invokeExact(capture, (long) number, address, arg2, arg3, arg4, arg5, arg6, base);
            return result == -1 ? -capture.get(JAVA_INT, ERRNO) : result;
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public long trySyscall(
            int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        try {
            return (long) PLAIN.invokeExact((long) number, address, arg2, arg3, arg4, arg5, arg6, base);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof RuntimeException closed) {
            return closed; // the arena
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a downcall throws nothing checked", e);
    }

    @Override
    public long timespec(long nanos) {
        return ThreadBlock.current().timespec(nanos);
    }

    @Override
    public String binding() {
        return "ffm";
    }
}
