package io.futex.contract;

import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// A class loader with a copy of the library in it, as a container makes for each application.
public final class OwnLoader extends URLClassLoader {
    /// Threads of this name have it noted what they ask for.
    static final String NOTED = "noted";

    private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

    static {
        if (!registerAsParallelCapable()) {
            throw new AssertionError();
        }
    }

    /// @param places of the library and of this class's package
    public OwnLoader(String... places) {
        super(Arrays.stream(places).map(OwnLoader::url).toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String place) {
        try {
            return Path.of(place).toUri().toURL();
        } catch (MalformedURLException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (Thread.currentThread().getName().equals(NOTED)) {
            asked.add(name);
        }
        return super.loadClass(name, resolve);
    }

    /// A copy of a class in this package, which sees the copy of the library.
    Runnable copyOf(Class<? extends Runnable> type) {
        try {
            return (Runnable) loadClass(type.getName()).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(String.valueOf(e), e);
        }
    }

    /// What a thread's first waits and wakes, of words of both scopes, ask the class loader for once the library is in
    /// use. Right is nothing: it may read by a channel, which must not happen in an interruptible wait.
    public static List<String> askedByFirstWaits(String... places) throws Exception {
        try (OwnLoader loader = new OwnLoader(places)) {
            Waiter waiter = Waiter.platform(() -> {
                loader.copyOf(FirstWaits.class).run();
                return null;
            });
            Object ignored = waiter.result();
            return List.copyOf(loader.asked);
        }
    }

    /// Drops the library after a thread that lives on has used it, and returns once it is unloaded.
    public static void assertUnloads(String... places) throws Exception {
        ExecutorService pool =
                Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        try {
            WeakReference<ClassLoader> dropped = pool.submit(() -> use(places)).get(1, TimeUnit.MINUTES);
            Await.until("the library is unloaded, though its user lives on", () -> {
                System.gc();
                return dropped.refersTo(null);
            });
            pool.submit(() -> {}).get(1, TimeUnit.MINUTES); // lives on
        } finally {
            pool.shutdown();
        }
    }

    private static WeakReference<ClassLoader> use(String... places) throws Exception {
        String name = Thread.currentThread().getName();
        try (OwnLoader loader = new OwnLoader(places)) {
            loader.copyOf(FirstWaits.class).run();
            Thread.currentThread().setName(name);
            return new WeakReference<>(loader);
        }
    }
}
