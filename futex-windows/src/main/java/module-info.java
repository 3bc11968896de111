/// The Windows backend: the one module that needs native access on Windows.
@org.jspecify.annotations.NullMarked
module io.futex.windows {
    requires io.futex;
    requires static com.sun.jna;
    requires static org.jspecify;

    provides io.futex.spi.FutexBackendProvider with
            io.futex.windows.WindowsBackendProvider;
}
