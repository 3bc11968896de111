package io.futex.shared;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Makes the files of regions: written whole under another name, then linked into place, which one of many succeeds in
/// and nobody else sees half of. A state word in the file itself would say for ever that somebody is at it, once that
/// one was killed.
final class RegionFiles {
    private static final Set<StandardOpenOption> READ_WRITE = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> FRESH =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);

    private static final int CHUNK = 1 << 16;

    /// Locks of files are between processes; this one is between threads, whom the JVM would throw an exception at.
    private static final Object THREADS = new Object();

    private RegionFiles() {}

    static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, READ_WRITE);
    }

    /// Makes a region where there is no file.
    ///
    /// @return it, open
    /// @throws FileAlreadyExistsException if there is one
    static FileChannel create(Path path, RegionLayout layout, FileAttribute<?>... attributes) throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        return create(path, layout, false, attributes);
    }

    /// Makes a region of an empty file.
    ///
    /// @return it, open; null if somebody else was faster
    static @Nullable FileChannel createFromEmpty(Path path, RegionLayout layout, FileAttribute<?>... attributes)
            throws IOException {
        try (FileChannel empty = open(path)) {
            return locked(
                    empty,
                    // Who comes second locks what was the file: so the look is at what has its name now.
                    () -> Files.size(path) == 0 ? create(path.toRealPath(), layout, true, attributes) : null);
        }
    }

    /// What no two do at the same time, of all threads and processes. Who is killed lets go.
    static @Nullable FileChannel locked(FileChannel channel, Action action) throws IOException {
        synchronized (THREADS) {
            FileLock lock = channel.lock();
            try {
                return action.run();
            } finally {
                lock.release();
            }
        }
    }

    /// What is done under a lock.
    interface Action {
        @Nullable
        FileChannel run() throws IOException;
    }

    private static FileChannel create(Path path, RegionLayout layout, boolean replaces, FileAttribute<?>... attributes)
            throws IOException {
        Path aside = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID() + ".new");
        FileChannel channel = FileChannel.open(aside, FRESH, attributes(path, attributes));
        boolean done = false;
        try {
            fill(channel, layout.bytes());
            write(channel, layout);
            if (replaces) {
                Path unused = Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Path unused = Files.createLink(path, aside);
            }
            done = true;
            return channel;
        } finally {
            boolean unused = Files.deleteIfExists(aside);
            if (!done) {
                channel.close();
            }
        }
    }

    /// For the owner alone, unless somebody says otherwise.
    private static FileAttribute<?>[] attributes(Path path, FileAttribute<?>... attributes) {
        return attributes.length > 0
                        || !path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? attributes
                : new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                };
    }

    /// Takes all the memory now, so that a full disk is an exception here and not the end of whoever writes first.
    private static void fill(FileChannel channel, long bytes) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(CHUNK);
        for (long at = 0; at < bytes; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(CHUNK, bytes - at));
            RegionHeader.write(channel, zeros, at);
        }
    }

    /// What is not zero in a fresh region. The header says that all of it is there, and comes last.
    static void write(FileChannel channel, RegionLayout layout) throws IOException {
        for (Slot slot : layout.slots()) {
            ByteBuffer first = slot.first();
            if (first != null) {
                RegionHeader.write(channel, first, slot.offset());
            }
        }
        ByteBuffer text = StandardCharsets.ISO_8859_1.encode(layout.toString());
        RegionHeader.write(channel, text, layout.textOffset());
        RegionHeader.write(channel, RegionHeader.of(layout, Here.get().machine()), 0);
    }
}
