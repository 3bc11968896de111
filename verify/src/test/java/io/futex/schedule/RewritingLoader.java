package io.futex.schedule;

import java.io.IOException;
import java.io.InputStream;

/// Loads the classes of a package anew, rewritten.
public abstract class RewritingLoader extends ClassLoader {
    private final String prefix;

    /// @param prefix of the names of those classes: the package and a point
    protected RewritingLoader(String prefix) {
        super(RewritingLoader.class.getClassLoader());
        this.prefix = prefix;
    }

    /// Makes of a class what is loaded.
    ///
    /// @param original as it was compiled
    /// @param simpleName its name in the package
    protected abstract byte[] rewrite(byte[] original, String simpleName);

    @Override
    protected final Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(prefix)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                byte[] rewritten = rewrite(read(name), name.substring(prefix.length()));
                loaded = defineClass(name, rewritten, 0, rewritten.length);
            }
            return loaded;
        }
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }
}
