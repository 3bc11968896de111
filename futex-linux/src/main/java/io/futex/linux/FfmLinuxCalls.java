package io.futex.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.Binding;
import io.futex.spi.ThreadBlock;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// libc's `syscall` by the foreign function interface of the JDK. One descriptor serves every system call, since
/// linking is what costs.
///
/// Capturing errno is a second link, and at every call FFM then takes a slice of the segment to capture into, 40 bytes
/// on the heap until the caller is compiled by C2, and for good where that does not inline everything (JDK 25,
/// SharedUtils.checkCaptureSegment). So it is linked when something has really failed, and called only then.
final class FfmLinuxCalls implements LinuxCalls {
    private static final String ERRNO = "errno";

    // include/uapi/asm-generic/mman-common.h; the same on each architecture of SystemCalls
    private static final int READ_WRITE = 1 | 2;
    private static final int SHARED_POPULATE = 1 | 0x8000;

    /// Linked outside any class initialiser: an Error out of that, such as where the stack ends, would stay for ever.
    private static volatile @Nullable MethodHandle linked;

    private static volatile @Nullable MethodHandle linkedCapturing;

    FfmLinuxCalls() {
        linkPlain();
    }

    private static void linkPlain() {
        linked = link();
        MethodHandle unused = Plain.SYSCALL; // at once, where there was stack enough to link
    }

    @SuppressWarnings("restricted") // the one place of this module that needs native access
    private static MethodHandle link(Linker.Option... options) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> symbol = linker.defaultLookup().find("syscall");
        if (symbol.isEmpty()) { // without a lambda, which would cost every program a millisecond
            throw new UnsatisfiedLinkError("libc has no function syscall");
        }
        // long syscall(long number, ...);                                                        <unistd.h> All
        // arguments are passed as long, which is what the kernel takes; the last one is not an argument. libc hands six
        // to the kernel and ignores it. FFM keeps the arena of a segment that it passes open for the length of the
        // call, so the word cannot be unmapped under a sleeping thread, without the slice that passing the word itself
        // would need.
        FunctionDescriptor syscall = FunctionDescriptor.of(
                JAVA_LONG, // the result
                JAVA_LONG, // the number
                JAVA_LONG, // the address of the word
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS); // the segment that holds the word
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.firstVariadicArg(1);
        return linker.downcallHandle(symbol.get(), syscall, all);
    }

    @Override
    public long syscall(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        try {
            return (long) Plain.SYSCALL.invokeExact((long) number, address, arg2, arg3, arg4, arg5, arg6, held);
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    @Override
    public long syscallForErrno(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        if (linkedCapturing == null) { // threads may race to link it, which harms nothing
            linkedCapturing = link(Linker.Option.captureCallState(ERRNO));
        }
        MemorySegment capture = ThreadBlock.capture();
        try {
            long result = (long)
                    Capturing.SYSCALL.invokeExact(capture, (long) number, address, arg2, arg3, arg4, arg5, arg6, held);
            return result == -1 ? -capture.get(JAVA_INT, Capturing.OFFSET) : result;
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    /// Called twice in the life of a ring, so it is linked each time.
    @Override
    @SuppressWarnings("restricted") // see link
    public @Nullable MemorySegment map(int descriptor, long offset, long bytes) {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> symbol = linker.defaultLookup().find("mmap");
        if (symbol.isEmpty()) {
            return null;
        }
        // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);             <sys/mman.h>
        MethodHandle mmap = linker.downcallHandle(
                symbol.get(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        try {
            long address = (long) mmap.invokeExact(0L, bytes, READ_WRITE, SHARED_POPULATE, descriptor, offset);
            return address == -1 ? null : MemorySegment.ofAddress(address).reinterpret(bytes);
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    @Override
    public String binding() {
        return "ffm";
    }

    /// A constant to the compiler.
    private static final class Plain {
        static final MethodHandle SYSCALL = Objects.requireNonNull(linked);
    }

    /// Also constants, so that C2 can do without the slice.
    private static final class Capturing {
        static final MethodHandle SYSCALL = Objects.requireNonNull(linkedCapturing);
        static final long OFFSET = ThreadBlock.captureOffset(ERRNO);
    }
}
