package io.futex.macos;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import io.futex.internal.Engines;
import io.futex.process.Suite;
import io.futex.spi.BackendUnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;

/// A program that runs the contract suite on the macOS backend, over the shim library.
public final class ShimProgram {
    private static final String BINDING = System.getProperty("io.futex.test.shim.binding");

    private ShimProgram() {}

    /// @param arguments the scope, `local` or `shared`, and whether with storms
    public static void main(String[] arguments) {
        boolean shared = arguments[0].equals("shared");
        Futex futex = shared ? Shared.FUTEX : Local.FUTEX;
        System.out.println(futex + " " + futex.capabilities());
        Suite.runAndExit(Boolean.parseBoolean(arguments[1]), shared ? Shared.class : Local.class);
    }

    /// The backend over a shim library.
    static MacosBackend backend(String library, String binding) {
        try {
            MacosCalls calls = binding.equals("jna")
                    ? new JnaMacosCalls(library)
                    : new FfmMacosCalls(SymbolLookup.libraryLookup(Path.of(library), Arena.global()));
            return MacosBackend.probe(calls, Errno.DARWIN);
        } catch (BackendUnavailableException e) {
            throw new AssertionError(e);
        }
    }

    /// The backend that this program was told to take.
    static MacosBackend backend() {
        return backend(System.getProperty("io.futex.test.shim"), BINDING);
    }

    /// What the shim changes of the suite.
    abstract static class Contract extends FutexContract {
        @Override
        protected boolean holdsArenaOpen() {
            return BINDING.equals("ffm");
        }
    }

    static final class Local extends Contract {
        static final Futex FUTEX = Engines.local(backend());

        @Override
        protected Futex futex() {
            return FUTEX;
        }
    }

    static final class Shared extends Contract {
        static final Futex FUTEX = Engines.shared(backend());

        @Override
        protected Futex futex() {
            return FUTEX;
        }
    }
}
