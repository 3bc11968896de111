package io.futex.bench.micro;

/// The library of C on this system, for JNA.
final class LibC {
    static final String NAME = System.getProperty("os.name", "").startsWith("Windows") ? "msvcrt" : "c";

    private LibC() {}
}
