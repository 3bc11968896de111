package io.futex.linux;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Binding;
import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;
import org.jspecify.annotations.Nullable;

/// The backend `linux`, found by [java.util.ServiceLoader].
///
/// It calls futex_wake (454) and futex_wait (455) where they work, and falls back to futex(2) where they do not. Where
/// a filter kills a process for a system call that it does not know, `-Dio.futex.linux.futex2=false` leaves both alone:
/// they are never called, not even to try them out.
public final class LinuxBackendProvider implements FutexBackendProvider {
    static final String FUTEX2 = "io.futex.linux.futex2";

    /// For the service loader.
    public LinuxBackendProvider() {}

    @Override
    public String name() {
        return "linux";
    }

    @Override
    public FutexBackend create(@Nullable String binding) throws BackendUnavailableException {
        String system = System.getProperty("os.name", "");
        if (!system.startsWith("Linux")) {
            throw new BackendUnavailableException("needs Linux; this is " + system);
        }
        String arch = System.getProperty("os.arch", "");
        SystemCalls numbers = SystemCalls.of(arch);
        if (numbers == null) {
            throw new BackendUnavailableException("the system call numbers of " + arch
                    + " are not known; known are amd64, aarch64, riscv64, ppc64le, s390x and loongarch64");
        }
        return LinuxBackend.probe(calls(binding), numbers, !"false".equals(System.getProperty(FUTEX2)));
    }

    private static LinuxCalls calls(@Nullable String binding) throws BackendUnavailableException {
        Binding chosen = Binding.of(binding);
        try {
            return chosen == Binding.FFM ? new FfmLinuxCalls() : new JnaLinuxCalls();
        } catch (LinkageError | IllegalCallerException e) {
            throw chosen.failure(LinuxBackend.class, e);
        }
    }
}
