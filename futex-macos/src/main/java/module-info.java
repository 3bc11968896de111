/// The macOS backend: the one module that needs native access on macOS.
@org.jspecify.annotations.NullMarked
module io.futex.macos {
    requires static com.sun.jna; // the binding jna, where a program has it
    requires io.futex;
    requires static org.jspecify;

    provides io.futex.spi.FutexBackendProvider with
            io.futex.macos.MacosBackendProvider;
}
