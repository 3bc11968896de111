package io.futex.channel;

/// Keeps what every operation writes off the cache lines of neighbours, and off that of the fields which are only read;
/// two channels side by side also off each other's pair of lines, which some processors fetch together.
/// The JVM fills gaps of a superclass with fields of a subclass: hence the int, which leaves none after the header.
final class Padding {
    private Padding() {}

    abstract static class Before {
        int a;
        long b, c, d, e, f, g, h;
    }

    abstract static class After extends Hot {
        long i, j, k, l, m, n, o;
    }
}
