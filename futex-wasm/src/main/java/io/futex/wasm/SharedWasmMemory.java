package io.futex.wasm;

import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.InvalidException;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

/// A shared linear memory off the heap, to import into Endive's instances.
///
/// The instructions `memory.atomic.wait32`, `wait64` and `notify` of its guests, and the calls of a [WasmFutex] over
/// it, meet on the same word, in one queue of this library:
///
/// - first come first served; a notify returns exactly how many it woke;
/// - no wait returns 0 ("ok") to a guest unless a notify was meant for it, as the specification demands;
/// - a timeout below a millisecond is one, and is never early; a negative timeout is for ever;
/// - waiting virtual threads leave their carriers to others;
/// - an interrupt ends a guest's wait with [WasmInterruptedException], status kept set, and takes no notify along;
/// - every access, notify included, traps out of bounds ([WasmRuntimeException]), and an atomic one also where it is
///   not aligned ([InvalidException], as the runtime's own).
///
/// All bytes up to the maximum are reserved at once, so the memory never moves: [#segment()] stays valid over a `grow`.
/// It is freed by the garbage collector after its last user.
///
/// [#map] is the same over a file, for several processes, with fewer promises.
///
/// Thread-safe, but an [Instance] is not: see [InstancePerThread]. Guests over one memory come from one module, or have
/// active data segments only: passive ones belong to the module that was instantiated last.
///
/// Source: the WebAssembly threads proposal. `run.endive.runtime.Memory` has methods that its authors are about to
/// remove; this class is the only one that implements them, for version 1.2 of the runtime.
public final class SharedWasmMemory implements Memory {
    private static final int PAGE_SHIFT = 16;

    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT);
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG);

    // Not atomic, at any address.
    private static final VarHandle ANY_SHORT = handle(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle ANY_INT = handle(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle ANY_LONG = handle(ValueLayout.JAVA_LONG_UNALIGNED);

    private static VarHandle handle(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    }

    /// Room for the maximum of pages.
    private final MemorySegment base;

    private final int initialPages;
    private final int maximumPages;
    private final WordQueue queue;
    private volatile int pages;
    private volatile DataSegment[] passive = {};

    private SharedWasmMemory(MemorySegment base, int initialPages, int maximumPages, boolean mapped) {
        this.base = base;
        this.initialPages = initialPages;
        this.maximumPages = maximumPages;
        this.pages = initialPages;
        this.queue = mapped ? new MappedQueue(base) : new ParkedQueue(base);
    }

    /// A memory of zeros for the guests of this JVM.
    ///
    /// A maximum above 256 pages (16 MiB) takes room only as it is touched if the JVM was started with
    /// `--enable-native-access=io.futex.wasm` (on the class path: `ALL-UNNAMED`). Without that, the JVM zeroes the
    /// maximum now.
    ///
    /// @param minPages how many pages of 64 KiB it has at first
    /// @param maxPages how many it may ever have, up to 32767; at most the maximum that the guests import
    /// @return the memory
    /// @throws IllegalArgumentException if the numbers are negative, 0 at most, too large, or in the wrong order
    public static SharedWasmMemory create(int minPages, int maxPages) {
        requirePages(minPages, maxPages);
        return new SharedWasmMemory(Reservation.of((long) maxPages << PAGE_SHIFT), minPages, maxPages, false);
    }

    /// A memory in a mapped file, so that guests and Java threads of several processes and native programs meet on its
    /// words: offset 0 of the file is address 0. Its waits are those of [Futex#shared()], with these differences from
    /// [#create]:
    ///
    /// - the order of waiters and the number that a notify returns are the system's: where it does not tell the number,
    ///   a guest gets 0;
    /// - a guest waits on 32 bits only, `wait64` traps;
    /// - a return of the system for no reason is hidden from a guest by looking at the word again, so a guest sleeps on
    ///   through a notify before which nobody has changed the word;
    /// - where the system cannot wait across processes, a wake is noticed after up to a millisecond;
    /// - it does not grow, since other processes would not learn of it.
    ///
    /// A module with data segments writes them at each instantiation, unless the linker has made them passive, in which
    /// case the first process to come does; make sure of it if several processes instantiate.
    ///
    /// @param file created if missing, and made longer with zeros if too short; otherwise left as it is
    /// @param pages how many pages of 64 KiB, at least 1; the same in all processes
    /// @return the memory; unmapped by the garbage collector after its last user
    /// @throws IOException if the file cannot be opened or mapped
    public static SharedWasmMemory map(Path file, int pages) throws IOException {
        requirePages(pages, pages);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) pages << PAGE_SHIFT, Arena.ofAuto());
            return new SharedWasmMemory(mapped, pages, pages, true);
        }
    }

    private static void requirePages(int min, int max) {
        if (min < 0 || max < 1 || min > max || max > RUNTIME_MAX_PAGES) {
            throw new IllegalArgumentException(
                    "from " + min + " to " + max + " pages; possible are 0 to 1 and up to " + RUNTIME_MAX_PAGES);
        }
    }

    /// The bytes of this memory as it is now; they stay where they are when it grows.
    ///
    /// @return a segment whose offsets are the guests' addresses
    public MemorySegment segment() {
        return base.asSlice(0, byteSize());
    }

    // ---- for the futex over this memory

    WordQueue queue() {
        return queue;
    }

    // ---- size

    private long byteSize() {
        return (long) pages << PAGE_SHIFT;
    }

    @Override
    public int pages() {
        return pages;
    }

    @Override
    public int initialPages() {
        return initialPages;
    }

    @Override
    public int maximumPages() {
        return maximumPages;
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public synchronized int grow(int size) {
        int before = pages;
        if (size < 0 || size > maximumPages - before) {
            return -1;
        }
        pages = before + size;
        return before;
    }

    // ---- the checks of each access

    /// @param address negative if it is above 2 GiB, where no memory reaches
    private long inBounds(int address, int bytes) {
        if (address < 0 || bytes < 0 || address > byteSize() - bytes) {
            throw new WasmRuntimeException("out of bounds memory access: " + Integer.toUnsignedString(bytes)
                    + " bytes at address " + Integer.toUnsignedString(address) + " of a memory of " + byteSize());
        }
        return address;
    }

    private long aligned(int address, int bytes) {
        if ((address & (bytes - 1)) != 0) {
            throw new InvalidException("unaligned atomic");
        }
        return inBounds(address, bytes);
    }

    // ---- wait and notify

    @Override
    public int atomicWait(int addr, int expected, long timeout) {
        aligned(addr, Integer.BYTES);
        return guestWait(addr, expected, false, timeout);
    }

    @Override
    public int atomicWait(int addr, long expected, long timeout) {
        aligned(addr, Long.BYTES);
        return guestWait(addr, expected, true, timeout);
    }

    @Override
    public int atomicNotify(int addr, int maxThreads) {
        aligned(addr, Integer.BYTES);
        int count = maxThreads < 0 ? Integer.MAX_VALUE : maxThreads; // unsigned: -1 is all
        return count == 0 ? 0 : Math.max(0, queue.wake(addr, count));
    }

    private int guestWait(int address, long expected, boolean wide, long timeout) {
        long deadline = timeout < 0 ? Segments.FOREVER : Segments.deadline(timeout, TimeUnit.NANOSECONDS);
        try {
            for (; ; ) {
                WaitResult result = queue.await(address, expected, wide, deadline, true);
                if (result != WaitResult.WOKEN || queue.isExact() || atomicReadInt(address) != (int) expected) {
                    return WasmCode.of(result);
                }
                if (Segments.isOver(deadline)) {
                    return WasmCode.TIMED_OUT;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as the runtime's own memories: the host is to see it too
            throw new WasmInterruptedException("interrupted in memory.atomic.wait", e);
        }
    }

    /// {@inheritDoc}
    ///
    /// @throws UnsupportedOperationException always: nothing here is done under a monitor
    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"}) // abstract in Endive 1.2
    public Object lock(int address) {
        throw new UnsupportedOperationException("the accesses of this memory take no lock");
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"}) // abstract in Endive 1.2
    public int waitOn(int address, int expected, long timeout) {
        return atomicWait(address, expected, timeout);
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"}) // abstract in Endive 1.2
    public int waitOn(int address, long expected, long timeout) {
        return atomicWait(address, expected, timeout);
    }

    @Override
    @Deprecated
    @SuppressWarnings({"removal", "InlineMeSuggester"}) // abstract in Endive 1.2
    public int notify(int address, int maxThreads) {
        return atomicNotify(address, maxThreads);
    }

    // ---- data segments

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments) {
        initialize(instance, dataSegments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        if (dataSegments == null || dataSegments.length == 0) {
            return; // a module without data leaves another's in place
        }
        passive = dataSegments; // the instance's own array, in which it drops them
        for (DataSegment segment : dataSegments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                int offset = (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
                initialize(offset, active.bytes());
            }
        }
    }

    private void initialize(int offset, byte[] bytes) {
        try {
            write(offset, bytes, 0, bytes.length);
        } catch (WasmRuntimeException e) {
            throw new UninstantiableException(e.getMessage(), e);
        }
    }

    @Override
    public void initPassiveSegment(int segmentId, int dest, int offset, int size) {
        write(dest, passive[segmentId].bytes(), offset, size);
    }

    @Override
    public void drop(int segment) {
        passive[segment] = PassiveDataSegment.EMPTY;
    }

    // ---- plain access

    @Override
    public void write(int addr, byte[] data, int offset, int size) {
        inBounds(addr, size);
        if (offset < 0 || offset > data.length - size) {
            throw new WasmRuntimeException("out of bounds memory access: " + size + " bytes from " + offset
                    + " of a data segment of " + data.length);
        }
        MemorySegment.copy(data, offset, base, ValueLayout.JAVA_BYTE, addr, size);
    }

    @Override
    public byte[] readBytes(int addr, int len) {
        return base.asSlice(inBounds(addr, len), len).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public void zero() {
        segment().fill((byte) 0);
    }

    @Override
    public void fill(byte value, int fromIndex, int toIndex) {
        int size = toIndex - fromIndex;
        base.asSlice(inBounds(fromIndex, size), size).fill(value);
    }

    @Override
    public void copy(int dest, int src, int size) {
        MemorySegment.copy(base, inBounds(src, size), base, inBounds(dest, size), size);
    }

    @Override
    public byte read(int addr) {
        return (byte) BYTE.get(base, inBounds(addr, Byte.BYTES));
    }

    @Override
    public void writeByte(int addr, byte data) {
        BYTE.set(base, inBounds(addr, Byte.BYTES), data);
    }

    @Override
    public short readShort(int addr) {
        return (short) ANY_SHORT.get(base, inBounds(addr, Short.BYTES));
    }

    @Override
    public long readU16(int addr) {
        return Short.toUnsignedLong(readShort(addr));
    }

    @Override
    public void writeShort(int addr, short data) {
        ANY_SHORT.set(base, inBounds(addr, Short.BYTES), data);
    }

    @Override
    public int readInt(int addr) {
        return (int) ANY_INT.get(base, inBounds(addr, Integer.BYTES));
    }

    @Override
    public void writeI32(int addr, int data) {
        ANY_INT.set(base, inBounds(addr, Integer.BYTES), data);
    }

    @Override
    public long readLong(int addr) {
        return (long) ANY_LONG.get(base, inBounds(addr, Long.BYTES));
    }

    @Override
    public void writeLong(int addr, long data) {
        ANY_LONG.set(base, inBounds(addr, Long.BYTES), data);
    }

    @Override
    public long readF32(int addr) {
        return readInt(addr);
    }

    @Override
    public float readFloat(int addr) {
        return Float.intBitsToFloat(readInt(addr));
    }

    @Override
    public void writeF32(int addr, float data) {
        writeI32(addr, Float.floatToRawIntBits(data));
    }

    @Override
    public long readF64(int addr) {
        return readLong(addr);
    }

    @Override
    public double readDouble(int addr) {
        return Double.longBitsToDouble(readLong(addr));
    }

    @Override
    public void writeF64(int addr, double data) {
        writeLong(addr, Double.doubleToRawLongBits(data));
    }

    // ---- atomic access: sequentially consistent, by the hardware

    @Override
    public void atomicFence() {
        VarHandle.fullFence();
    }

    @Override
    public int atomicReadInt(int addr) {
        return (int) INT.getVolatile(base, aligned(addr, 4));
    }

    @Override
    public void atomicWriteInt(int addr, int value) {
        INT.setVolatile(base, aligned(addr, 4), value);
    }

    @Override
    public int atomicAddInt(int addr, int delta) {
        return (int) INT.getAndAdd(base, aligned(addr, 4), delta);
    }

    @Override
    public int atomicAndInt(int addr, int mask) {
        return (int) INT.getAndBitwiseAnd(base, aligned(addr, 4), mask);
    }

    @Override
    public int atomicOrInt(int addr, int mask) {
        return (int) INT.getAndBitwiseOr(base, aligned(addr, 4), mask);
    }

    @Override
    public int atomicXorInt(int addr, int mask) {
        return (int) INT.getAndBitwiseXor(base, aligned(addr, 4), mask);
    }

    @Override
    public int atomicXchgInt(int addr, int value) {
        return (int) INT.getAndSet(base, aligned(addr, 4), value);
    }

    @Override
    public int atomicCmpxchgInt(int addr, int expected, int replacement) {
        return (int) INT.compareAndExchange(base, aligned(addr, 4), expected, replacement);
    }

    @Override
    public long atomicReadLong(int addr) {
        return (long) LONG.getVolatile(base, aligned(addr, 8));
    }

    @Override
    public void atomicWriteLong(int addr, long value) {
        LONG.setVolatile(base, aligned(addr, 8), value);
    }

    @Override
    public long atomicAddLong(int addr, long delta) {
        return (long) LONG.getAndAdd(base, aligned(addr, 8), delta);
    }

    @Override
    public long atomicAndLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseAnd(base, aligned(addr, 8), mask);
    }

    @Override
    public long atomicOrLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseOr(base, aligned(addr, 8), mask);
    }

    @Override
    public long atomicXorLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseXor(base, aligned(addr, 8), mask);
    }

    @Override
    public long atomicXchgLong(int addr, long value) {
        return (long) LONG.getAndSet(base, aligned(addr, 8), value);
    }

    @Override
    public long atomicCmpxchgLong(int addr, long expected, long replacement) {
        return (long) LONG.compareAndExchange(base, aligned(addr, 8), expected, replacement);
    }

    @Override
    public short atomicReadShort(int addr) {
        return (short) SHORT.getVolatile(base, aligned(addr, 2));
    }

    @Override
    public void atomicWriteShort(int addr, short value) {
        SHORT.setVolatile(base, aligned(addr, 2), value);
    }

    @Override
    public short atomicAddShort(int addr, short delta) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.ADD, delta);
    }

    @Override
    public short atomicAndShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.AND, mask);
    }

    @Override
    public short atomicOrShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.OR, mask);
    }

    @Override
    public short atomicXorShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.XOR, mask);
    }

    @Override
    public short atomicXchgShort(int addr, short value) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.EXCHANGE, value);
    }

    @Override
    public short atomicCmpxchgShort(int addr, short expected, short replacement) {
        return (short) SubWords.compareExchange(base, aligned(addr, 2), 16, expected, replacement);
    }

    @Override
    public byte atomicReadByte(int addr) {
        return (byte) BYTE.getVolatile(base, aligned(addr, 1));
    }

    @Override
    public void atomicWriteByte(int addr, byte value) {
        BYTE.setVolatile(base, aligned(addr, 1), value);
    }

    @Override
    public byte atomicAddByte(int addr, byte delta) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.ADD, delta);
    }

    @Override
    public byte atomicAndByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.AND, mask);
    }

    @Override
    public byte atomicOrByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.OR, mask);
    }

    @Override
    public byte atomicXorByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.XOR, mask);
    }

    @Override
    public byte atomicXchgByte(int addr, byte value) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.EXCHANGE, value);
    }

    @Override
    public byte atomicCmpxchgByte(int addr, byte expected, byte replacement) {
        return (byte) SubWords.compareExchange(base, aligned(addr, 1), 8, expected, replacement);
    }
}
