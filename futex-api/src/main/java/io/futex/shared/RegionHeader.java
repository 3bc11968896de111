package io.futex.shared;

import io.futex.spi.Machine;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/// The first 128 bytes of a region. All checks are made here, by reads of the file: to touch the memory of a file that
/// is too short may end the JVM.
final class RegionHeader {
    // Offsets.
    private static final int MAGIC_AT = 0;
    private static final int VERSION_AT = 8;
    private static final int ORDER_AT = 12;
    private static final int BYTES_AT = 16;
    private static final int DIGEST_AT = 24;
    private static final int BOOT_AT = 32;
    private static final int NAMESPACE_AT = 48;
    private static final int STATE_AT = 56;
    private static final int TEXT_BYTES_AT = 60;
    private static final int TEXT_AT = 64;

    private static final byte[] MAGIC = "FUTEXRGN".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;

    /// As an int in the byte order of who wrote it.
    private static final int ORDER = 0x01020304;

    /// All of the region is there. Written last.
    private static final int WHOLE = 1;

    /// Longer ones are none.
    private static final int MOST_TEXT = 1 << 24;

    private RegionHeader() {}

    /// The header of a fresh region.
    static ByteBuffer of(RegionLayout layout, Machine machine) {
        ByteBuffer header = buffer((int) RegionLayout.FIRST);
        header.put(MAGIC_AT, MAGIC)
                .putInt(VERSION_AT, VERSION)
                .putInt(ORDER_AT, ORDER)
                .putLong(BYTES_AT, layout.bytes())
                .putLong(DIGEST_AT, layout.digest())
                .putInt(STATE_AT, WHOLE)
                .putInt(TEXT_BYTES_AT, layout.toString().length())
                .putLong(TEXT_AT, layout.textOffset());
        putMachine(header, BOOT_AT, machine);
        return header;
    }

    /// Whose numbers the process ids in there are.
    static Machine machine(FileChannel channel) throws IOException {
        ByteBuffer ids = read(channel, BOOT_AT, STATE_AT - BOOT_AT);
        return new Machine(ids.getLong(0), ids.getLong(Long.BYTES), ids.getLong(NAMESPACE_AT - BOOT_AT));
    }

    static void setMachine(FileChannel channel, Machine machine) throws IOException {
        ByteBuffer ids = buffer(STATE_AT - BOOT_AT);
        putMachine(ids, 0, machine);
        write(channel, ids, BOOT_AT);
    }

    private static void putMachine(ByteBuffer buffer, int at, Machine machine) {
        buffer.putLong(at, machine.boot1())
                .putLong(at + Long.BYTES, machine.boot2())
                .putLong(at + NAMESPACE_AT - BOOT_AT, machine.namespace());
    }

    /// The layout of a region that is whole.
    ///
    /// @throws RegionFormatException if the file is no such region
    static RegionLayout read(Path path, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < RegionLayout.FIRST) {
            throw new RegionFormatException(
                    path,
                    size == 0
                            ? "the file is empty; createOrAttach makes it a region"
                            : "has " + size + " bytes, and a region has at least " + RegionLayout.FIRST);
        }
        ByteBuffer header = read(channel, 0, (int) RegionLayout.FIRST);
        byte[] magic = new byte[MAGIC.length];
        header.get(MAGIC_AT, magic);
        if (!Arrays.equals(magic, MAGIC)) {
            throw new RegionFormatException(path, "is no region: it does not begin with FUTEXRGN");
        }
        int order = header.getInt(ORDER_AT);
        if (order != ORDER) {
            throw new RegionFormatException(
                    path,
                    order == Integer.reverseBytes(ORDER)
                            ? "was made by a machine of the other byte order; this one is " + ByteOrder.nativeOrder()
                            : "is damaged: 0x" + Integer.toHexString(order) + " is no byte order");
        }
        if (header.getInt(VERSION_AT) != VERSION) {
            throw new RegionFormatException(
                    path,
                    "is a region of version " + header.getInt(VERSION_AT) + "; this library knows version " + VERSION);
        }
        if (header.getLong(BYTES_AT) != size) {
            throw new RegionFormatException(
                    path,
                    "has " + size + " bytes, and its header says " + header.getLong(BYTES_AT)
                            + (size < header.getLong(BYTES_AT) ? ": it was truncated" : ""));
        }
        if (header.getInt(STATE_AT) != WHOLE) {
            throw new RegionFormatException(path, "is not whole yet, in state " + header.getInt(STATE_AT));
        }
        RegionLayout layout = layout(path, channel, header, size);
        if (layout.bytes() != size || layout.textOffset() != header.getLong(TEXT_AT)) {
            throw new RegionFormatException(path, "is damaged: its layout does not fill it");
        }
        return layout;
    }

    private static RegionLayout layout(Path path, FileChannel channel, ByteBuffer header, long size)
            throws IOException {
        long at = header.getLong(TEXT_AT);
        int length = header.getInt(TEXT_BYTES_AT);
        if (length < 0 || length > MOST_TEXT || at < RegionLayout.FIRST || at > size - length) {
            throw new RegionFormatException(path, "is damaged: its layout would lie outside of it");
        }
        String text =
                StandardCharsets.ISO_8859_1.decode(read(channel, at, length)).toString();
        if (RegionLayout.digest(text) != header.getLong(DIGEST_AT)) {
            throw new RegionFormatException(path, "is damaged: its layout has another digest than its header says");
        }
        try {
            return RegionLayout.parse(text);
        } catch (RuntimeException e) { // whatever the text makes of our parser
            throw new RegionFormatException(path, "has a layout of another library: " + e.getMessage());
        }
    }

    // ---- the file

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
        ByteBuffer buffer = buffer(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new EOFException("the file has just been truncated");
            }
        }
        return buffer.flip();
    }

    static void write(FileChannel channel, ByteBuffer buffer, long at) throws IOException {
        while (buffer.hasRemaining()) {
            int unused = channel.write(buffer, at + buffer.position());
        }
    }
}
