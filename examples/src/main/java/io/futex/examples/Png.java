package io.futex.examples;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/// Writes images of at most 256 colours.
final class Png {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte PALETTE = 3;

    private Png() {}

    /// @param pixels a byte each, row by row
    /// @param colours red, green and blue of each value of a byte
    static void write(OutputStream out, byte[] pixels, int width, byte[] colours) throws IOException {
        int height = pixels.length / width;
        out.write(SIGNATURE);
        byte[] header = ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) 8)
                .put(PALETTE)
                .array();
        chunk(out, "IHDR", header);
        chunk(out, "PLTE", colours);
        chunk(out, "IDAT", compressed(pixels, width, height));
        chunk(out, "IEND", new byte[0]);
    }

    private static byte[] compressed(byte[] pixels, int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream rows = new DeflaterOutputStream(bytes)) {
            for (int row = 0; row < height; row++) {
                rows.write(0); // no filter
                rows.write(pixels, row * width, width);
            }
        }
        return bytes.toByteArray();
    }

    private static void chunk(OutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        out.write(ByteBuffer.allocate(4).putInt(data.length).array());
        out.write(name);
        out.write(data);
        out.write(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}
