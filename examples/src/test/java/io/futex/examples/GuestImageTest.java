package io.futex.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GuestImageTest {
    private static final int WIDTH = 120;
    private static final int HEIGHT = 80;

    @TempDir
    private Path directory;

    @Test
    void drawsTheBarAndWritesTheImage() throws Exception {
        Path file = directory.resolve("image.png");
        StringWriter shown = new StringWriter();
        GuestImage.render(file, WIDTH, HEIGHT, new PrintWriter(shown));
        assertThat(shown.toString()).contains("\r[" + "#".repeat(50) + "]").contains("120 x 80 pixels");
        byte[] pixels = pixels(file);
        assertThat(pixels).hasSize(HEIGHT * (WIDTH + 1));
        assertThat(at(pixels, WIDTH / 2, HEIGHT / 2)).as("in the set").isZero();
        assertThat(at(pixels, 0, 0)).as("far from it").isBetween(1, 2);
        for (int row = 1; row < HEIGHT; row++) { // every row was rendered, and those above and below are mirrored
            assertThat(at(pixels, 0, row)).isPositive();
            assertThat(at(pixels, WIDTH / 3, row)).isEqualTo(at(pixels, WIDTH / 3, HEIGHT - row));
        }
    }

    private static int at(byte[] pixels, int column, int row) {
        return pixels[row * (WIDTH + 1) + 1 + column] & 0xff;
    }

    /// The rows of the image, each after the byte of its filter. The JDK's reader of images is in another module.
    private static byte[] pixels(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            assertThat(in.readLong()).isEqualTo(0x89504e47_0d0a1a0aL);
            assertThat(chunk(in, "IHDR"))
                    .startsWith(0, 0, 0, WIDTH, 0, 0, 0, HEIGHT)
                    .hasSize(13);
            assertThat(chunk(in, "PLTE")).hasSize(3 * 256);
            byte[] data = chunk(in, "IDAT");
            assertThat(chunk(in, "IEND")).isEmpty();
            assertThat(in.read()).isEqualTo(-1);
            try (InputStream rows = new InflaterInputStream(new java.io.ByteArrayInputStream(data))) {
                return rows.readAllBytes();
            }
        }
    }

    private static byte[] chunk(DataInputStream in, String type) throws IOException {
        byte[] data = new byte[in.readInt()];
        byte[] name = in.readNBytes(4);
        in.readFully(data);
        assertThat(new String(name, StandardCharsets.US_ASCII)).isEqualTo(type);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        assertThat(in.readInt()).isEqualTo((int) checksum.getValue());
        return data;
    }
}
