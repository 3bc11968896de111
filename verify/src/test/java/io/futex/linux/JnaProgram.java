package io.futex.linux;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import io.futex.process.Suite;

/// A program that was told to take the binding jna, and runs the contract suite.
public final class JnaProgram {
    private JnaProgram() {}

    /// @param arguments whether with storms
    public static void main(String[] arguments) {
        System.out.println(Futex.local());
        System.out.println(Futex.shared());
        Suite.runAndExit(Boolean.parseBoolean(arguments[0]), Local.class, Shared.class);
    }

    /// JNA holds no arena open: only FFM can refuse to close one under a waiter.
    abstract static class Contract extends FutexContract {
        @Override
        protected boolean holdsArenaOpen() {
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
