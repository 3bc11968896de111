package io.futex.linux;

/// The numbers of the system calls for files, of one 64-bit architecture, each by its own table; see [SystemCalls].
///
/// @param memfdCreate memfd_create(2), Linux 3.17
/// @param fcntl fcntl(2)
/// @param ftruncate ftruncate(2)
/// @param close close(2)
record FileCalls(int memfdCreate, int fcntl, int ftruncate, int close) {
    /// Of this machine, which is one that [SystemCalls] knows.
    static final FileCalls HERE = of(System.getProperty("os.arch", ""));

    static FileCalls of(String arch) {
        return switch (arch) {
            case "amd64", "x86_64" -> new FileCalls(319, 72, 77, 3);
            case "ppc64le" -> new FileCalls(360, 55, 93, 6);
            case "s390x" -> new FileCalls(350, 55, 93, 6);
            default -> new FileCalls(279, 25, 46, 57); // include/uapi/asm-generic/unistd.h
        };
    }
}
