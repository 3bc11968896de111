package io.futex.spi;

import java.lang.foreign.Linker;
import org.jspecify.annotations.Nullable;

/// The two ways to call a C function, for backends that have both.
///
/// ```java
/// Binding chosen = Binding.of(binding);
/// try {
///     return chosen == Binding.FFM ? new FfmCalls() : new JnaCalls();
/// } catch (LinkageError e) {
///     throw chosen.failure(Backend.class, e);
/// }
/// ```
public enum Binding {
    /// The foreign function interface of the JDK.
    FFM,
    /// Java Native Access, if it is on the class path or module path.
    JNA;

    /// The binding that was asked for; else FFM wherever the JVM has a linker.
    ///
    /// @param requested `ffm`, `jna` or null
    /// @return the binding to try
    public static Binding of(@Nullable String requested) {
        if (requested != null) {
            return requested.equals("jna") ? JNA : FFM;
        }
        try {
            Linker unused = Linker.nativeLinker();
            return FFM;
        } catch (UnsupportedOperationException e) {
            return JNA;
        }
    }

    /// What it means that the calls could not be linked, which happens in a class initialiser.
    ///
    /// @param backend a class of the backend
    /// @param error what came out of the initialiser
    /// @return the reason, for people
    public BackendUnavailableException failure(Class<?> backend, LinkageError error) {
        Throwable cause =
                error instanceof ExceptionInInitializerError && error.getCause() != null ? error.getCause() : error;
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof IllegalCallerException denied) {
                return BackendUnavailableException.nativeAccessDenied(caller(backend), denied);
            }
        }
        if (cause instanceof NoClassDefFoundError && this == JNA) {
            return new BackendUnavailableException(
                    "binding jna: JNA is not on the class path or module path; add net.java.dev.jna:jna-jpms, and in"
                            + " modules --add-modules com.sun.jna");
        }
        return new BackendUnavailableException(
                "binding " + (this == JNA ? "jna" : "ffm") + ": cannot link the calls: " + cause);
    }

    /// Who needs the grant: JNA loads a library of its own.
    private Class<?> caller(Class<?> backend) {
        if (this == JNA) {
            try {
                return Class.forName("com.sun.jna.Native", false, backend.getClassLoader());
            } catch (ClassNotFoundException e) {
                return backend;
            }
        }
        return backend;
    }
}
