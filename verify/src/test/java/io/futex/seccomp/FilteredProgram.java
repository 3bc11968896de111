package io.futex.seccomp;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import io.futex.contract.SeccompFilter;
import io.futex.process.Suite;

/// A program that takes the newer system calls from itself and then runs the contract suite, all but the storms.
public final class FilteredProgram {
    private FilteredProgram() {}

    /// @param arguments the errno that the calls fail with, or `kill`
    public static void main(String[] arguments) {
        if (arguments[0].equals("kill")) {
            SeccompFilter.kill(SeccompFilter.FUTEX_WAKE, SeccompFilter.FUTEX_WAIT);
        } else {
            SeccompFilter.denyWhatIsNew(Integer.parseInt(arguments[0]));
        }
        System.out.println(Futex.local() + " " + Futex.local().capabilities());
        System.out.println(Futex.shared() + " " + Futex.shared().capabilities());
        Suite.runAndExit(false, Local.class, Shared.class);
    }

    static final class Local extends FutexContract {
        @Override
        protected Futex futex() {
            return Futex.local();
        }

        @Override
        protected boolean hasFutexWait() {
            return false;
        }
    }

    static final class Shared extends FutexContract {
        @Override
        protected Futex futex() {
            return Futex.shared();
        }

        @Override
        protected boolean hasFutexWait() {
            return false;
        }
    }
}
