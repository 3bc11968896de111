/// The Linux backend: the one module that needs native access on Linux.
@org.jspecify.annotations.NullMarked
module io.futex.linux {
    requires static com.sun.jna; // the binding jna, where a program has it
    requires io.futex;
    requires static org.jspecify;

    provides io.futex.spi.FutexBackendProvider with
            io.futex.linux.LinuxBackendProvider;
}
