package io.futex.spi;

import java.lang.foreign.Linker;
import org.jspecify.annotations.Nullable;

/// The two ways to call a C function, for backends that have both.
///
/// ```java
/// Binding chosen = Binding.of(binding);
/// try {
///     return chosen == Binding.FFM ? new FfmCalls() : new JnaCalls();
/// } catch (LinkageError | IllegalCallerException e) {
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

    /// What it means that the calls could not be linked.
    ///
    /// @param backend a class of the backend
    /// @param error what came out of linking them, or of a class initialiser that does
    /// @return the reason, for people
    public BackendUnavailableException failure(Class<?> backend, Throwable error) {
        String name = this == JNA ? "jna" : "ffm";
        Class<?> jna = this == JNA ? jna(backend) : null;
        Throwable root = error;
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof IllegalCallerException denied) {
                // JNA loads a library of its own, so the grant is for it.
                return BackendUnavailableException.nativeAccessDenied(jna != null ? jna : backend, denied);
            }
            root = e;
        }
        if (this == JNA && jna == null) {
            return new BackendUnavailableException(
                    "binding jna: JNA is not on the class path or module path; add net.java.dev.jna:jna-jpms, and in"
                            + " modules --add-modules com.sun.jna");
        }
        return new BackendUnavailableException("binding " + name + ": cannot link the calls: " + root);
    }

    /// JNA's main class, if it is there. What its initialiser throws is told once, and a NoClassDefFoundError ever
    /// after, as if it were not.
    private static @Nullable Class<?> jna(Class<?> backend) {
        try {
            return Class.forName("com.sun.jna.Native", false, backend.getClassLoader());
        } catch (ClassNotFoundException e) {
            return null;
        }
    }

    /// What can come out of a downcall.
    ///
    /// @param thrown by a method handle, which may throw anything
    /// @return what to throw: that an arena is closed
    public static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof RuntimeException closed) {
            return closed;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a downcall throws nothing checked", thrown);
    }
}
