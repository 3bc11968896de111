package io.futex.shared;

import io.futex.FutexWord;
import io.futex.internal.Backends;
import io.futex.spi.FutexBackend;
import io.futex.spi.MemoryFile;
import io.futex.sync.Barrier;
import io.futex.sync.Doorbell;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.PCondition;
import io.futex.sync.PMutex;
import io.futex.sync.Parker;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Memory that processes share, with names for what lies in it.
///
/// ```java
/// RegionLayout layout = RegionLayout.builder().mutex("lock").bytes("table", 4096, 64).build();
/// try (SharedRegion region = SharedRegion.createOrAttach(Path.of("/dev/shm/prices"), layout)) {
///     PMutex lock = region.mutex("lock");
///     MemorySegment table = region.slot("table");
///     lock.lock();
///     try {
///         table.set(ValueLayout.JAVA_INT, 0, 1);
///     } finally {
///         lock.unlock();
///     }
/// }
/// ```
///
/// A region is a file that is mapped. It appears under its name whole or not at all, whoever is killed while making it,
/// and of many who make it at the same time one does; a killed one may leave a file `.NAME.*.new` beside it. Who
/// attaches is refused what is something else, by a [RegionFormatException] that says what differs.
///
/// A name is asked for once, and the object kept: a synchronizer that is asked for again is the same object.
///
/// **Truncating** the file of a region in use may end every JVM that has it, and nobody can prevent that for a file
/// with a path; to delete the file does no harm, and to attach to a truncated one is refused. Nobody can truncate a
/// region made by [#createAnonymous].
///
/// The region lives as long as its file. Put it on a tmpfs (`/dev/shm`) if it need not survive the machine; on a disk,
/// what is held at a crash of the machine is held ever after. All processes must see the same file: of an overlayfs,
/// the layer below is another one until it is written to, and network file systems do not share memory.
public final class SharedRegion implements AutoCloseable {
    /// After so many files that are there and are not, something else is the matter, such as a link to nowhere.
    private static final int MOST_TRIES = 100;

    private final Path path;
    private final RegionLayout layout;
    private final boolean creator;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final @Nullable MemoryFile anonymous;

    /// What has been asked for. Guarded by itself.
    private final Map<String, Object> opened = new HashMap<>();

    private SharedRegion(
            Path path, RegionLayout layout, FileChannel channel, boolean creator, @Nullable MemoryFile anonymous)
            throws IOException {
        this.path = path;
        this.layout = layout;
        this.creator = creator;
        this.anonymous = anonymous;
        segment = channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.bytes(), arena);
    }

    // ---- making

    /// Makes a region where there is no file yet. All its memory is taken at once.
    ///
    /// @param path of the file; its directory is there
    /// @param layout what lies where
    /// @param attributes of the file, as of [Files#createFile]; if none are given, and the file system knows them,
    ///     `rw-------`
    /// @return the region
    /// @throws FileAlreadyExistsException if there is a file
    /// @throws IOException if the file cannot be made; also where the file system has no hard links
    public static SharedRegion create(Path path, RegionLayout layout, FileAttribute<?>... attributes)
            throws IOException {
        Objects.requireNonNull(layout, "layout");
        try (FileChannel channel = RegionFiles.create(path, layout, attributes)) {
            return new SharedRegion(path, layout, channel, true, null);
        }
    }

    /// Attaches to a region that is there.
    ///
    /// @param path of the file
    /// @param layout what should lie where
    /// @return the region
    /// @throws NoSuchFileException if there is no file
    /// @throws RegionFormatException if the file is no region of this layout, byte order and version, or not whole
    /// @throws IOException if the file cannot be opened
    public static SharedRegion attach(Path path, RegionLayout layout) throws IOException {
        return attachTo(path, Objects.requireNonNull(layout, "layout"));
    }

    /// Attaches to the region that is there, or makes it if there is none. An empty file is made one (on Windows it is
    /// refused, since it is open).
    ///
    /// @param path of the file; its directory is there
    /// @param layout what lies where
    /// @param attributes of the file, if it is made; see [#create]
    /// @return the region; [#isCreator()] tells which
    /// @throws RegionFormatException if there is a file, and it is no region of this layout
    /// @throws IOException if the file cannot be made, or cannot be opened
    public static SharedRegion createOrAttach(Path path, RegionLayout layout, FileAttribute<?>... attributes)
            throws IOException {
        Objects.requireNonNull(layout, "layout");
        for (int tries = 0; ; tries++) {
            try {
                if (Files.size(path) > 0) {
                    return attachTo(path, layout);
                }
                try (FileChannel channel = RegionFiles.createFromEmpty(path, layout, attributes)) {
                    if (channel != null) {
                        return new SharedRegion(path, layout, channel, true, null);
                    }
                }
            } catch (NoSuchFileException e) {
                try {
                    return create(path, layout, attributes);
                } catch (FileAlreadyExistsException now) {
                    if (tries == MOST_TRIES) {
                        throw now;
                    }
                }
            }
        }
    }

    /// Makes a region without a name in any directory, which nobody can shrink or grow: an access to it never fails. It
    /// lives as long as some process has it. Others attach by [#path()] while this one is open, if the system lets them
    /// look into this process; or by the descriptor, if it is passed to them.
    ///
    /// Linux only: see memfd_create(2), F_SEAL_SHRINK in fcntl(2).
    ///
    /// @param name for people: it shows in `/proc/PID/maps`
    /// @param layout what lies where
    /// @return the region
    /// @throws UnsupportedOperationException outside Linux, or where its backend is not in use
    /// @throws IOException if the system has no memory for it
    public static SharedRegion createAnonymous(String name, RegionLayout layout) throws IOException {
        FutexBackend backend = Backends.ofSystem();
        if (backend == null) {
            throw new UnsupportedOperationException(
                    "no backend of the system is in use, and only Linux's has memory files: make the region by a path");
        }
        MemoryFile file = backend.createMemoryFile(name, layout.bytes());
        boolean done = false;
        try (FileChannel channel = RegionFiles.open(file.path())) {
            RegionFiles.write(channel, layout);
            SharedRegion region = new SharedRegion(file.path(), layout, channel, true, file);
            done = true;
            return region;
        } finally {
            if (!done) {
                file.close();
            }
        }
    }

    /// @param expected null for whatever is there
    static SharedRegion attachTo(Path path, @Nullable RegionLayout expected) throws IOException {
        try (FileChannel channel = RegionFiles.open(path)) {
            RegionLayout found = RegionHeader.read(path, channel);
            String difference = expected == null ? null : found.difference(expected);
            if (difference != null) {
                throw new RegionFormatException(path, "has another layout: " + difference);
            }
            SharedRegion region = new SharedRegion(path, found, channel, false, null);
            try {
                region.moveToThisBoot(channel);
            } catch (IOException | RuntimeException e) {
                region.close();
                throw e;
            }
            return region;
        }
    }

    /// A file on a disk outlives a boot, and the process ids in it do not. Whoever attaches first after a boot says so.
    private void moveToThisBoot(FileChannel channel) throws IOException {
        if (!isOfThisBoot(channel)) {
            FileChannel unused = RegionFiles.locked(channel, () -> {
                if (!isOfThisBoot(channel)) {
                    for (Slot slot : layout.slots()) {
                        if (slot.kind() == SlotKind.QUEUE) {
                            SharedQueue.forgetAll(segment, slot);
                        }
                    }
                    RegionHeader.setMachine(channel, Here.get().machine());
                }
                return null;
            });
        }
    }

    private static boolean isOfThisBoot(FileChannel channel) throws IOException {
        return !Here.get().machine().isOfAnotherBoot(RegionHeader.machine(channel));
    }

    // ---- what lies in it

    /// A word.
    ///
    /// @param name of the slot
    /// @return the word, of shared scope
    /// @throws IllegalArgumentException if there is no slot of this name, or it is something else; likewise below
    public FutexWord word(String name) {
        return open(name, SlotKind.WORD, FutexWord.class);
    }

    /// A mutex.
    public PMutex mutex(String name) {
        return open(name, SlotKind.MUTEX, PMutex.class);
    }

    /// A condition, of the very mutex that [#mutex] gives.
    public PCondition condition(String name) {
        return open(name, SlotKind.CONDITION, PCondition.class);
    }

    /// A mutex for readers and writers.
    public RwMutex rwMutex(String name) {
        return open(name, SlotKind.RW_MUTEX, RwMutex.class);
    }

    /// A semaphore.
    public Semaphore semaphore(String name) {
        return open(name, SlotKind.SEMAPHORE, Semaphore.class);
    }

    /// A wait group.
    public WaitGroup waitGroup(String name) {
        return open(name, SlotKind.WAIT_GROUP, WaitGroup.class);
    }

    /// A once. If who does it is killed, nobody ever does.
    public Once once(String name) {
        return open(name, SlotKind.ONCE, Once.class);
    }

    /// An event.
    public Event event(String name) {
        return open(name, SlotKind.EVENT, Event.class);
    }

    /// A barrier.
    public Barrier barrier(String name) {
        return open(name, SlotKind.BARRIER, Barrier.class);
    }

    /// A parker.
    public Parker parker(String name) {
        return open(name, SlotKind.PARKER, Parker.class);
    }

    /// A doorbell.
    public Doorbell doorbell(String name) {
        return open(name, SlotKind.DOORBELL, Doorbell.class);
    }

    /// A mutex that outlives the death of who holds it.
    public RobustMutex robustMutex(String name) {
        return open(name, SlotKind.ROBUST_MUTEX, RobustMutex.class);
    }

    /// A once that outlives the death of who does it.
    public RobustOnce robustOnce(String name) {
        return open(name, SlotKind.ROBUST_ONCE, RobustOnce.class);
    }

    /// A queue, of which this process is a user until it closes it.
    public SharedQueue queue(String name) {
        SharedQueue queue = open(name, SlotKind.QUEUE, SharedQueue.class);
        queue.join();
        return queue;
    }

    /// The bytes of a slot, of whatever kind.
    ///
    /// @return a slice of [#segment()]
    public MemorySegment slot(String name) {
        Slot slot = layout.slot(name);
        return segment.asSlice(slot.offset(), slot.bytes());
    }

    /// All of the region, its header included, which is not to be written to.
    ///
    /// @return the memory, as long as the region is open
    public MemorySegment segment() {
        return segment;
    }

    /// The layout that the region was made with.
    public RegionLayout layout() {
        return layout;
    }

    /// The file.
    ///
    /// @return of an anonymous region `/proc/PID/fd/N`, in the process that made it
    public Path path() {
        return path;
    }

    /// The size.
    ///
    /// @return in bytes
    public long bytes() {
        return segment.byteSize();
    }

    /// Whether this object made the region: of all that were ever attached, one.
    public boolean isCreator() {
        return creator;
    }

    /// Unmaps the memory; the file stays. Whatever was asked for throws [IllegalStateException] from now on. Closing
    /// again does nothing.
    ///
    /// @throws IllegalStateException if platform threads of this process sleep on a word of the region, in a native
    ///     wait by FFM, or one holds a [RobustMutex] of this object; nothing has changed then. No other sleepers are
    ///     noticed: wake them all before
    @Override
    public void close() {
        synchronized (opened) {
            if (!segment.scope().isAlive()) {
                return;
            }
            opened.forEach((name, each) -> {
                if (each instanceof RobustMutex mutex && mutex.isHeldHere()) {
                    throw new IllegalStateException("a thread of this process holds the mutex " + name + " of " + path);
                }
            });
            forEachQueue(SharedQueue::leave);
            try {
                arena.close();
            } catch (IllegalStateException e) {
                forEachQueue(SharedQueue::join);
                throw new IllegalStateException("threads of this process sleep in the region " + path, e);
            }
            if (anonymous != null) {
                anonymous.close();
            }
        }
    }

    /// For people.
    @Override
    public String toString() {
        return "SharedRegion[" + path + (segment.scope().isAlive() ? "]" : ", closed]");
    }

    // ---- inside

    private <T> T open(String name, SlotKind kind, Class<T> type) {
        Slot slot = layout.slot(name, kind);
        synchronized (opened) {
            Object known = opened.get(name);
            if (known == null) {
                if (!segment.scope().isAlive()) {
                    throw new IllegalStateException("the region " + path + " is closed");
                }
                known = make(slot);
                opened.put(name, known);
            }
            return type.cast(known);
        }
    }

    private void forEachQueue(Consumer<SharedQueue> action) {
        for (Object each : opened.values()) {
            if (each instanceof SharedQueue queue) {
                action.accept(queue);
            }
        }
    }

    private Object make(Slot slot) {
        long at = slot.offset();
        return switch (slot.kind()) {
            case WORD -> FutexWord.shared(segment, at);
            case MUTEX -> PMutex.shared(segment, at);
            case CONDITION -> PCondition.shared(segment, at, mutex(slot.parameter()));
            case RW_MUTEX -> RwMutex.shared(segment, at);
            case SEMAPHORE -> Semaphore.shared(segment, at);
            case WAIT_GROUP -> WaitGroup.shared(segment, at);
            case ONCE -> Once.shared(segment, at);
            case EVENT -> Event.shared(segment, at, slot.parameter().equals(SlotKind.AUTO_RESET));
            case BARRIER -> Barrier.shared(segment, at, slot.number());
            case PARKER -> Parker.shared(segment, at);
            case DOORBELL -> Doorbell.shared(segment, at);
            case ROBUST_MUTEX -> RobustMutex.over(segment, at);
            case ROBUST_ONCE -> RobustOnce.over(segment, at);
            case QUEUE -> new SharedQueue(segment, slot, null);
            case BYTES -> throw new AssertionError("bytes are no object");
        };
    }
}
