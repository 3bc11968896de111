package io.futex.wasm;

import io.futex.Futex;
import java.net.URL;
import java.net.URLClassLoader;

/// Loads a copy of this library of its own, over the runtime that all share.
final class OwnCopy extends URLClassLoader {
    OwnCopy() {
        super(new URL[] {place(WasmFutex.class), place(Futex.class)}, WasmFutex.class.getClassLoader());
    }

    private static URL place(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.futex.")) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }
}
