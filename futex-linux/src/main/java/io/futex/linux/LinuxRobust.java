package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.FutexException;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.RobustRecord;
import io.futex.spi.RobustSystem;
import io.futex.spi.RobustThread;
import io.futex.spi.ThreadBlock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/// The kernel's robust lists, which libc registers for every thread, and records in them.
///
/// A record is reached by a mapping of its page that is this library's own: the list points into it, and if the caller
/// could unmap it, the next lock of the same thread, whichever, would write there. `mremap` of nothing (an old size of
/// 0) maps what is mapped once more, without the file.
final class LinuxRobust implements RobustSystem {
    /// Before that are the words of the lock and libc's link back.
    static final long FIRST_NODE = 32;

    private static final int MREMAP_MAYMOVE = 1;
    private static final MemorySegment NOT_HELD = MemorySegment.NULL;
    private static final int AT_PAGESZ = 6; // include/uapi/linux/auxvec.h
    private static final long SMALLEST_PAGE = 4096;

    private final LinuxCalls calls;
    private final RobustNumbers numbers;
    private final long pageBytes = pageBytes();

    /// By the arena of the caller, as long as that is there: the pages of which there are records, by address.
    private final Map<MemorySegment.Scope, Map<Long, MemorySegment>> pages = new WeakHashMap<>();

    private LinuxRobust(LinuxCalls calls, RobustNumbers numbers) {
        this.calls = calls;
        this.numbers = numbers;
    }

    /// Finds out what the kernel does.
    ///
    /// @return one of these, or null where the kernel tells no lock of its owner's end
    static @Nullable LinuxRobust create(LinuxCalls calls, LinuxBackend backend) throws BackendUnavailableException {
        RobustNumbers numbers = RobustNumbers.of(System.getProperty("os.arch", ""));
        if (numbers == null || !(calls instanceof FfmLinuxCalls)) {
            throw new BackendUnavailableException("robust locks reach memory of libc, which the binding "
                    + calls.binding() + " cannot; they need -Dio.futex.binding=ffm");
        }
        LinuxRobust robust = new LinuxRobust(calls, numbers);
        try {
            RobustList unused = robust.list();
        } catch (FutexException e) { // an emulator, a filter, or a libc whose links are elsewhere, such as musl
            return null;
        }
        return RobustProbe.isPassed(robust, backend) ? robust : null;
    }

    /// Of memory of the caller, on a page of our own.
    static final class Mapped extends RobustRecord {
        private static final long[] NO_OTHERS = {};

        final long address;

        /// libc's nodes that followed when it was linked; of who holds it.
        long[] others = NO_OTHERS;

        Mapped(MemorySegment memory) {
            super(memory);
            address = memory.address();
        }
    }

    @Override
    public RobustThread thread() {
        return list();
    }

    /// @throws FutexException where there is no such list, or it has no room in a record
    RobustList list() {
        long result = askForList();
        if (result < 0) {
            throw new FutexException("get_robust_list: " + Errno.describe((int) -result));
        }
        long head = ThreadBlock.current().get(JAVA_LONG, 0);
        if (head == 0) {
            throw new FutexException("libc has not registered a robust list for this thread");
        }
        int id = (int) calls.syscall(numbers.gettid(), NOT_HELD, 0, 0, 0, 0, 0, 0);
        RobustList list = new RobustList(head, id);
        if (!list.fits()) {
            throw new FutexException("libc's robust list has its links at " + list.nodeOffset() + ", where a record of "
                    + RECORD_BYTES + " bytes has no room");
        }
        return list;
    }

    /// Puts the address of the head into memory of the thread.
    ///
    /// @return 0 or `-errno`
    private long askForList() {
        long answer = ThreadBlock.current().address();
        return calls.syscallForErrno(numbers.getRobustList(), NOT_HELD, 0, answer, answer + Long.BYTES, 0, 0, 0);
    }

    @Override
    public RobustRecord record(MemorySegment memory) {
        long inPage = memory.address() & (pageBytes - 1);
        if (!memory.isNative() || memory.byteSize() < RECORD_BYTES || inPage + RECORD_BYTES > pageBytes) {
            throw new IllegalArgumentException("not a record on one page: " + memory);
        }
        return new Mapped(page(memory, memory.address() - inPage).asSlice(inPage, RECORD_BYTES));
    }

    /// Our own mapping of a page. An arena that is never closed may be one for memory that is unmapped all the same, by
    /// whoever made a segment of an address; so nothing is kept for it.
    private synchronized MemorySegment page(MemorySegment memory, long address) {
        pages.keySet().removeIf(scope -> !scope.isAlive());
        MemorySegment.Scope scope = memory.scope();
        if (scope.equals(Arena.global().scope())) {
            return map(memory, address);
        }
        return pages.computeIfAbsent(scope, s -> new HashMap<>()).computeIfAbsent(address, a -> map(memory, a));
    }

    @SuppressWarnings("restricted")
    private MemorySegment map(MemorySegment memory, long address) {
        long result = calls.syscallForErrno(numbers.mremap(), memory, address, 0, pageBytes, MREMAP_MAYMOVE, 0, 0);
        if (result == -Errno.EINVAL) {
            throw new IllegalArgumentException("a robust lock lies in memory that processes share (MAP_SHARED), such as"
                    + " what FileChannel.map gives in READ_WRITE; this is not: " + memory);
        }
        if (result < 0) {
            throw new FutexException(
                    "mremap of a page at 0x" + Long.toHexString(address) + ": " + Errno.describe((int) -result));
        }
        // Unmapped once no record of it is referred to any more, and so none linked.
        return MemorySegment.ofAddress(result).reinterpret(pageBytes, Arena.ofAuto(), unmapping(calls, numbers));
    }

    /// Without `this`, which has the pages.
    private static java.util.function.Consumer<MemorySegment> unmapping(LinuxCalls calls, RobustNumbers numbers) {
        return page -> {
            long unused = calls.syscall(numbers.munmap(), NOT_HELD, page.address(), page.byteSize(), 0, 0, 0, 0);
        };
    }

    /// From what the kernel tells every program at its start.
    private static long pageBytes() {
        try {
            ByteBuffer pairs = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
                    .order(ByteOrder.nativeOrder());
            while (pairs.remaining() >= 2 * Long.BYTES) {
                long type = pairs.getLong();
                long value = pairs.getLong();
                if (type == AT_PAGESZ) {
                    return value;
                }
            }
        } catch (IOException e) {
            // not shown to us
        }
        return SMALLEST_PAGE;
    }
}
