package io.futex.shared;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import io.futex.sync.Doorbell;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/// A queue of records of a fixed size between processes. A record is written and read where it lies, and copied by
/// nobody.
///
/// ```java
/// // a producer                                          // a consumer
/// long claim = queue.claim();                            long taken = queue.take();
/// try {                                                  try {
///     write(queue.record(claim));                            handle(queue.record(taken));
/// } catch (Throwable e) {                                } finally {
///     queue.abandon(claim);                                  queue.release(taken);
///     throw e;                                           }
/// }
/// queue.commit(claim);
/// ```
///
/// Records come out in the order in which they were claimed. So a producer that takes its time between [#claim()] and
/// [#commit] holds up those behind it, and a consumer that keeps a record holds up producers once they have come
/// round. Whoever claims commits or abandons, and whoever takes releases; any thread of this process may do so.
///
/// **At most once.** A record that is committed is taken by one consumer. If that one is killed before it has released
/// the record, the record is lost with it; nobody gets it twice.
///
/// **When a process is killed**, others go on: what it had claimed is never seen, what it had taken is free again.
/// Whoever is held up by it finds out within about 0.1 s, and within that time also those wake that it should have
/// woken. A process that is stopped has not ended. A *thread* that ends without having committed has left its claim to
/// its process. A process of another PID namespace (another container) may use the queue; whether it lives only those
/// of its own can tell.
///
/// [Kind#SPSC] is for one thread at a time at each end, in whichever process, and [Kind#MPMC] for several. The kinds
/// differ in how they sleep: more threads than one lose no record of an SPSC queue, but oversleep.
///
/// Everything that a producer did before `commit` happens-before the return of the [#take] of that record; everything
/// before `release` happens-before the return of the [#claim()] that gets the slot again.
///
/// The capacity is fixed, up to 64 processes use a queue at a time, and nothing allocates once each slot has been used,
/// but [#record] for the first time.
public final class SharedQueue implements AutoCloseable {
    /// What the try and timed forms answer if there was nothing; never a position.
    public static final long NONE = QueueEnd.NONE;

    /// The slot of a region of its own.
    private static final String SLOT = "queue";

    /// How many use it.
    public enum Kind {
        /// One producer at a time, one consumer at a time.
        SPSC(1),
        /// Several of both.
        MPMC(2);

        /// In memory.
        final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    private final MemorySegment segment;
    private final Kind kind;
    private final int recordBytes;
    private final Members members;
    private final Ring ring;

    /// Made as they are used.
    private final @Nullable MemorySegment[] records;

    /// If this is all of it.
    private final @Nullable SharedRegion region;

    /// The number of this process in the slots; 0 if it does not take part.
    private volatile int number;

    private final IntSupplier user = this::current;

    SharedQueue(MemorySegment segment, Slot slot, @Nullable SharedRegion region) {
        this.segment = segment;
        this.region = region;
        kind = Kind.valueOf(slot.parameter());
        int capacity = Integer.parseInt(slot.parameters().get(1));
        recordBytes = Integer.parseInt(slot.parameters().get(2));
        records = new MemorySegment[capacity];
        Words words = Words.in(Futex.shared(), segment);
        long at = slot.offset();
        members = new Members(words, at + Ring.MEMBERS);
        ring = new Ring(
                words,
                at,
                capacity,
                recordBytes,
                members::isDead,
                bell -> kind == Kind.SPSC
                        ? new BellWaits(Doorbell.shared(segment, bell))
                        : new CountedWaits(words, bell));
        join();
    }

    /// Makes a queue in a file of its own: a [SharedRegion] with one slot, `queue`. To have several things in one file,
    /// see [RegionLayout.Builder#queue].
    ///
    /// @param path of the file, which is not there yet
    /// @param kind how many use it
    /// @param capacity how many records it holds, 1 to 2^24
    /// @param recordBytes the size of each, 1 to 2^24; a record begins at a multiple of 8
    /// @param attributes of the file, see [SharedRegion#create]
    /// @return the queue
    /// @throws java.nio.file.FileAlreadyExistsException if there is a file
    /// @throws IOException if the file cannot be made
    public static SharedQueue create(
            Path path, Kind kind, int capacity, int recordBytes, FileAttribute<?>... attributes) throws IOException {
        RegionLayout layout =
                RegionLayout.builder().queue(SLOT, kind, capacity, recordBytes).build();
        return of(SharedRegion.create(path, layout, attributes));
    }

    /// Attaches to a queue that [#create] has made.
    ///
    /// @param path of the file
    /// @return the queue
    /// @throws java.nio.file.NoSuchFileException if there is no file
    /// @throws RegionFormatException if the file is something else
    /// @throws IOException if the file cannot be opened
    public static SharedQueue attach(Path path) throws IOException {
        SharedRegion region = SharedRegion.attachTo(path, null);
        if (region.layout().has(SLOT, SlotKind.QUEUE)) {
            return of(region);
        }
        region.close();
        throw new RegionFormatException(path, "is a region, and has no queue `" + SLOT + "`: " + region.layout());
    }

    /// For programs that do not read layouts.
    static ByteBuffer first(Slot slot, ByteBuffer header) {
        return header.putInt((int) Ring.KIND, Kind.valueOf(slot.parameter()).number)
                .putInt((int) Ring.CAPACITY, Integer.parseInt(slot.parameters().get(1)))
                .putInt(
                        (int) Ring.RECORD_BYTES,
                        Integer.parseInt(slot.parameters().get(2)));
    }

    private static SharedQueue of(SharedRegion region) {
        try {
            return new SharedQueue(region.segment(), region.layout().slot(SLOT), region);
        } catch (RuntimeException e) {
            region.close();
            throw e;
        }
    }

    // ---- producers

    /// Claims a slot for a record, and waits for one if the queue is full.
    ///
    /// @return its position, to be committed or abandoned
    /// @throws IllegalStateException if this process has closed the queue, or closes it meanwhile; likewise below
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws io.futex.channel.ChannelClosedException if the queue is shut down
    /// @throws DamagedException if the next slot is damaged
    public long claim() throws InterruptedException {
        return await(ring.producers, Deadline.FOREVER);
    }

    /// As [#claim()], but does not wait.
    ///
    /// @return its position, or [#NONE] if the queue is full
    public long tryClaim() {
        return ring.producers.take(user);
    }

    /// As [#claim()], but waits no longer than that.
    ///
    /// @param timeout how long; zero or less looks once
    /// @param unit of `timeout`
    /// @return its position, or [#NONE] if the time is over, never before
    /// @throws InterruptedException as there, also if there is no time to wait
    public long tryClaim(long timeout, TimeUnit unit) throws InterruptedException {
        return await(ring.producers, Deadline.after(timeout, Objects.requireNonNull(unit, "unit")));
    }

    /// Gives the record to the consumers.
    ///
    /// @param claim from one of the methods above
    /// @throws IllegalStateException if this process has not claimed it, or has committed or abandoned it since
    public void commit(long claim) {
        ring.commit(claim, number());
    }

    /// Gives the slot back. The consumers pass over it.
    ///
    /// @param claim as of [#commit]
    /// @throws IllegalStateException as there
    public void abandon(long claim) {
        ring.abandon(claim, number());
    }

    // ---- consumers

    /// Takes the next record, and waits for one if the queue is empty.
    ///
    /// @return its position, to be released
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws io.futex.channel.ChannelClosedException if the queue is shut down, and has been drained
    /// @throws DamagedException if the next slot is damaged
    public long take() throws InterruptedException {
        return await(ring.consumers, Deadline.FOREVER);
    }

    /// As [#take()], but does not wait.
    ///
    /// @return its position, or [#NONE] if there is no record
    public long tryTake() {
        return ring.consumers.take(user);
    }

    /// As [#take()], but waits as [#tryClaim(long, TimeUnit)] does.
    public long tryTake(long timeout, TimeUnit unit) throws InterruptedException {
        return await(ring.consumers, Deadline.after(timeout, Objects.requireNonNull(unit, "unit")));
    }

    /// Gives the slot of a record back to the producers.
    ///
    /// @param taken from one of the methods above
    /// @throws IllegalStateException if this process has not taken it, or has released it since
    public void release(long taken) {
        ring.release(taken, number());
    }

    // ---- both

    /// The bytes of a record that is claimed or taken, and nobody else's until it is committed, abandoned or released.
    /// That they are not used afterwards is up to the caller.
    ///
    /// @param position of a claim, or of a record that was taken
    /// @return as many bytes as a record has, at an address divisible by 8
    public MemorySegment record(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("not a position: " + position);
        }
        int index = ring.index(position);
        MemorySegment record = records[index];
        if (record == null) {
            record = segment.asSlice(ring.slotAt(position) + Ring.RECORD, recordBytes);
            records[index] = record;
        }
        return record;
    }

    /// Ends the queue for all processes: claims throw [io.futex.channel.ChannelClosedException] from now on, and so do
    /// takes once all
    /// has been taken that was claimed before.
    public void shutdown() {
        ring.shutDown();
    }

    /// Whether the queue was shut down.
    public boolean isShutdown() {
        return ring.isShut();
    }

    /// How many records are claimed or committed, and not yet taken; out of date as soon as it is told.
    ///
    /// @return 0 to [#capacity()]
    public int size() {
        return ring.size();
    }

    /// How many records it holds.
    public int capacity() {
        return records.length;
    }

    /// The size of a record.
    ///
    /// @return in bytes
    public int recordBytes() {
        return recordBytes;
    }

    /// This process has done with the queue: what it has claimed is abandoned, and what it has taken is released. Other
    /// processes go on; to end it for all, see [#shutdown()]. A queue of a region stays mapped until that is closed,
    /// which does this too. Closing again does nothing. A thread of this process that waits for it gets an
    /// [IllegalStateException] when it next looks for itself, after 1.6 s at the latest.
    ///
    /// @throws IllegalStateException if the queue has a file of its own and threads of this process wait for it, see
    ///     [SharedRegion#close()]; what was claimed or taken is gone by then
    @Override
    public void close() {
        if (region == null) {
            leave();
        } else if (region.segment().scope().isAlive()) {
            leave();
            try {
                region.close();
            } catch (IllegalStateException e) {
                join();
                throw e;
            }
        }
    }

    /// For people.
    @Override
    public String toString() {
        try {
            return "SharedQueue[" + kind + ", " + size() + " of " + capacity() + (isShutdown() ? ", shut down]" : "]");
        } catch (IllegalStateException e) {
            return "SharedQueue[closed]";
        }
    }

    // ---- inside

    private long await(QueueEnd end, long deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return end.take(user, deadline);
    }

    private int current() {
        return number;
    }

    private int number() {
        int found = number;
        if (found == 0) {
            throw new IllegalStateException("this process has closed the queue");
        }
        return found;
    }

    synchronized void join() {
        if (number == 0) {
            number = members.join(ring::sweep);
        }
    }

    synchronized void leave() {
        int found = number;
        if (found != 0) {
            number = 0;
            ring.sweep(found);
            members.leave(found);
        }
    }

    /// Whoever used it before the machine has booted is dead.
    static void forgetAll(MemorySegment segment, Slot slot) {
        try (SharedQueue queue = new SharedQueue(segment, slot, null)) {
            queue.members.forget(queue.ring::sweep);
            queue.number = 0;
        }
    }
}
