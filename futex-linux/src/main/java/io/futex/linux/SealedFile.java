package io.futex.linux;

import io.futex.spi.MemoryFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// A memfd that is sealed against any change of its size.
///
/// Sources: memfd_create(2), fcntl(2); include/uapi/linux/memfd.h and fcntl.h of the kernel.
final class SealedFile implements MemoryFile {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;

    private static final int F_ADD_SEALS = 1033;
    private static final int F_SEAL_SEAL = 1; // no further seals, so that nobody makes it unwritable
    private static final int F_SEAL_SHRINK = 2;
    private static final int F_SEAL_GROW = 4;

    private final LinuxCalls calls;
    private final FileCalls numbers;
    private final long descriptor;

    private SealedFile(LinuxCalls calls, FileCalls numbers, long descriptor) {
        this.calls = calls;
        this.numbers = numbers;
        this.descriptor = descriptor;
    }

    static SealedFile create(LinuxCalls calls, FileCalls numbers, String name, long bytes) throws IOException {
        SealedFile file;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            long descriptor = calls.syscallForErrno(
                    numbers.memfdCreate(), text, text.address(), MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0, 0);
            file = new SealedFile(calls, numbers, checked("memfd_create", descriptor));
        }
        boolean done = false;
        try {
            file.call("ftruncate", numbers.ftruncate(), bytes, 0);
            file.call("F_ADD_SEALS", numbers.fcntl(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW);
            done = true;
            return file;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    private void call(String what, int number, long arg2, long arg3) throws IOException {
        long unused = checked(what, calls.syscallForErrno(number, MemorySegment.NULL, descriptor, arg2, arg3, 0, 0, 0));
    }

    private static long checked(String what, long result) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Errno.name((int) -result));
        }
        return result;
    }

    @Override
    public Path path() {
        return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + descriptor);
    }

    @Override
    public void close() {
        long unused = calls.syscall(numbers.close(), MemorySegment.NULL, descriptor, 0, 0, 0, 0, 0);
    }
}
