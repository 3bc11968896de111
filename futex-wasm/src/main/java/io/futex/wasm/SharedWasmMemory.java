package io.futex.wasm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import run.endive.runtime.Instance;
import run.endive.wasm.types.DataSegment;

/// A shared linear memory off the heap, to import into Endive's instances.
///
/// The instructions `memory.atomic.wait32`, `wait64` and `notify` of its guests, and the calls of a [WasmFutex] over
/// it, meet on the same word, in one queue of this library:
///
/// - first come first served; a notify returns exactly how many it woke;
/// - no wait returns 0 ("ok") to a guest unless a notify was meant for it, as the specification demands;
/// - a timeout below a millisecond is one, and is never early; a negative timeout is for ever;
/// - waiting virtual threads leave their carriers to others;
/// - an interrupt ends a guest's wait with [run.endive.runtime.WasmInterruptedException], status kept set, and takes no
///   notify along;
/// - every access, notify included, traps out of bounds ([run.endive.runtime.WasmRuntimeException]), and an atomic one
///   also where it is not aligned ([run.endive.wasm.InvalidException], as the runtime's own).
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
/// remove; only this class implements them, for version 1.2 of the runtime.
public final class SharedWasmMemory extends AtomicMemory {
    private final GuestWaits waits;
    private final DataSegments data;

    private SharedWasmMemory(MemorySegment base, int initialPages, int maximumPages, boolean mapped) {
        super(base, initialPages, maximumPages);
        this.waits = new GuestWaits(this, mapped ? new MappedQueue(base) : new ParkedQueue(base));
        this.data = new DataSegments(this);
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
    /// words: offset 0 of the file is address 0. Its waits are those of [io.futex.Futex#shared()], with these
    /// differences from [#create]:
    ///
    /// - the order of waiters and the number that a notify returns are the system's: where it does not tell the number,
    ///   a guest gets 0;
    /// - a guest waits on 32 bits only, `wait64` traps;
    /// - a return of the system for no reason is hidden from a guest by looking at the word again, so a guest sleeps on
    ///   through a notify before which nobody has changed the word;
    /// - where the system cannot wait across processes, a wake is noticed after up to a millisecond;
    /// - it does not grow, since other processes would not learn of it;
    /// - who makes the file shorter while it is mapped may end the JVMs of all: what lies beyond its new end cannot be
    ///   read.
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
        return waits.queue();
    }

    // ---- wait and notify

    @Override
    public int atomicWait(int addr, int expected, long timeout) {
        aligned(addr, Integer.BYTES);
        return waits.await(addr, expected, false, timeout);
    }

    @Override
    public int atomicWait(int addr, long expected, long timeout) {
        aligned(addr, Long.BYTES);
        return waits.await(addr, expected, true, timeout);
    }

    @Override
    public int atomicNotify(int addr, int maxThreads) {
        aligned(addr, Integer.BYTES);
        return waits.wake(addr, maxThreads);
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
        data.initialize(instance, dataSegments, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] dataSegments, int memoryIndex) {
        data.initialize(instance, dataSegments, memoryIndex);
    }

    @Override
    public void initPassiveSegment(int segmentId, int dest, int offset, int size) {
        data.copy(segmentId, dest, offset, size);
    }

    @Override
    public void drop(int segment) {
        data.drop(segment);
    }
}
