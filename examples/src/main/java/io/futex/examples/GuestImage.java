package io.futex.examples;

import io.futex.wasm.InstancePerThread;
import io.futex.wasm.SharedWasmMemory;
import io.futex.wasm.WasmFutex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import run.endive.wasm.Parser;

/// A WebAssembly guest written in C renders an image in two threads, while a Java thread sleeps on the word in which
/// they count the rows, draws a progress bar, and at the end writes a PNG. Nobody polls: the guests' `notify`
/// instruction wakes the Java thread.
///
/// The guest is `src/main/wasm/mandelbrot.c`.
public final class GuestImage {
    private static final int GUESTS = 2;
    private static final int BAR = 50;
    private static final int PAGE = 64 * 1024;

    // Addresses in the guests' memory; the first 64 KiB hold what the compiler put there.
    private static final int NEXT_ROW = PAGE;
    private static final int PROGRESS = PAGE + 128; // on another cache line
    private static final int PIXELS = 2 * PAGE;

    /// In the place of the rows done, by a guest that has failed.
    private static final int FAILED = -1;

    private GuestImage() {}

    /// Renders an image of usual size.
    ///
    /// @param args the file to write; without it `mandelbrot.png`
    public static void main(String[] args) throws IOException, InterruptedException {
        Path file = Path.of(args.length > 0 ? args[0] : "mandelbrot.png");
        render(file, 600, 400, new PrintWriter(System.out, true, System.out.charset()));
    }

    /// Renders an image.
    ///
    /// @param file to write
    /// @param width in pixels
    /// @param height in pixels
    /// @param out is shown the progress
    public static void render(Path file, int width, int height, PrintWriter out)
            throws IOException, InterruptedException {
        int pages = (PIXELS + width * height) / PAGE + 1;
        SharedWasmMemory memory = SharedWasmMemory.create(pages, pages);
        InstancePerThread guests = guests(memory);
        for (int i = 0; i < GUESTS; i++) {
            Thread.ofPlatform().daemon().name("guest " + i).start(() -> work(guests, memory, width, height));
        }
        watch(memory, height, out);
        try (OutputStream image = Files.newOutputStream(file)) {
            Png.write(image, memory.readBytes(PIXELS, width * height), width, colours());
        }
        out.println(file + ": " + width + " x " + height + " pixels, " + Files.size(file) + " bytes");
    }

    /// An instance for each thread, since instances are not thread-safe. This guest keeps nothing on a stack in the
    /// memory; one that does needs a stack for each: see [InstancePerThread#withStack].
    private static InstancePerThread guests(SharedWasmMemory memory) throws IOException {
        try (InputStream binary = GuestImage.class.getResourceAsStream("mandelbrot.wasm")) {
            return InstancePerThread.of(Parser.parse(binary), memory);
        }
    }

    private static void work(InstancePerThread guests, SharedWasmMemory memory, int width, int height) {
        boolean done = false;
        try {
            guests.export("render").apply(NEXT_ROW, PROGRESS, PIXELS, width, height);
            done = true;
        } finally {
            if (!done) { // or the other thread would wait for ever
                memory.atomicWriteInt(PROGRESS, FAILED);
                WasmFutex.over(memory).wakeAllAt(PROGRESS);
            }
        }
    }

    private static void watch(SharedWasmMemory memory, int rows, PrintWriter out) throws InterruptedException {
        WasmFutex futex = WasmFutex.over(memory);
        int drawn = -1;
        for (int seen = memory.atomicReadInt(PROGRESS); seen != rows; seen = memory.atomicReadInt(PROGRESS)) {
            if (seen < 0) {
                throw new IllegalStateException("a guest has failed");
            }
            if (seen * BAR / rows != drawn) {
                drawn = seen * BAR / rows;
                out.print("\r[" + "#".repeat(drawn) + " ".repeat(BAR - drawn) + "]");
                out.flush();
            }
            futex.waitAt(PROGRESS, seen); // returns as soon as the word differs from what was drawn
        }
        out.println("\r[" + "#".repeat(BAR) + "]");
    }

    /// Black for the points that never leave, then from blue to yellow.
    private static byte[] colours() {
        byte[] colours = new byte[3 * 256];
        for (int i = 1; i < 256; i++) {
            double bright = Math.sqrt(i / 255.0);
            colours[3 * i] = (byte) (255 * bright);
            colours[3 * i + 1] = (byte) (255 * bright * bright);
            colours[3 * i + 2] = (byte) (128 * (1 - bright));
        }
        return colours;
    }
}
