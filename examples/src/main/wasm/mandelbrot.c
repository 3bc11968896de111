// Renders rows of the Mandelbrot set, together with other guests over the same memory.

#define EXPORT(name) __attribute__((export_name(#name)))

typedef _Atomic int word;

// How long a point stays near 0, from 1 to `limit`; 0 for one that never leaves.
static int escape(double x, double y, int limit) {
    double re = 0;
    double im = 0;
    for (int i = 1; i <= limit; i++) {
        double square = re * re - im * im + x;
        im = 2 * re * im + y;
        re = square;
        if (re * re + im * im > 4) {
            return i;
        }
    }
    return 0;
}

// Takes rows until none is left. Each row done is counted in `progress`, on which somebody may wait.
EXPORT(render) void render(word *next, word *progress, unsigned char *pixels, int width, int height) {
    for (int row; (row = __c11_atomic_fetch_add(next, 1, __ATOMIC_SEQ_CST)) < height;) {
        for (int column = 0; column < width; column++) {
            double x = -2.2 + 3.0 * column / width;
            double y = -1.0 + 2.0 * row / height;
            pixels[row * width + column] = escape(x, y, 255);
        }
        __c11_atomic_fetch_add(progress, 1, __ATOMIC_SEQ_CST);
        __builtin_wasm_memory_atomic_notify((int *)progress, 1);
    }
}
