package io.futex.bench;

import io.futex.contract.SeccompFilter;

/// The doctor, in a JVM that has taken the newer system calls from itself.
public final class FilteredDoctor {
    private FilteredDoctor() {}

    /// @param arguments the errno that the calls fail with
    public static void main(String[] arguments) {
        SeccompFilter.denyWhatIsNew(Integer.parseInt(arguments[0]));
        System.exit(Main.command().execute("doctor"));
    }
}
