package io.futex.process;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import java.nio.ByteOrder;

/// Runs the contract suite, without its storms, on the backend that this JVM has chosen, and what depends on the order
/// of bytes in a WebAssembly memory.
public final class ForeignProgram {
    private ForeignProgram() {}

    /// Needs no arguments.
    public static void main(String[] arguments) {
        System.out.println(System.getProperty("os.arch") + " " + ByteOrder.nativeOrder());
        System.out.println(Futex.local() + " " + Futex.local().capabilities());
        System.out.println(Futex.shared() + " " + Futex.shared().capabilities());
        Suite.runAndExit(false, Local.class, Shared.class, GuestOrderTest.class);
    }

    /// An emulator's kernel is older than the one that it names.
    abstract static class Contract extends FutexContract {
        @Override
        protected boolean hasFutexWait() {
            return false;
        }
    }

    static final class Local extends Contract {
        @Override
        protected Futex futex() {
            return Futex.local();
        }
    }

    static final class Shared extends Contract {
        @Override
        protected Futex futex() {
            return Futex.shared();
        }
    }
}
