package consumer;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/// Two copies of the library in one JVM, as two applications of a server have them.
public final class TwoLoaders {
    private TwoLoaders() {}

    /// @param args the backend, and the jars of each copy
    public static void main(String[] args) throws Exception {
        List<URL> jars = new ArrayList<>();
        for (String jar : List.of(args).subList(1, args.length)) {
            jars.add(new File(jar).toURI().toURL());
        }
        Class<?> one = consumer(jars);
        Class<?> two = consumer(jars);
        if (one.getClassLoader() == two.getClassLoader() || one == Consumer.class) {
            throw new AssertionError("not two copies");
        }
        call(one, "check", String.class, args[0]);
        call(two, "check", String.class, args[0]);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(4, 4);
            FutureTask<Object> waiter = new FutureTask<>(() -> call(one, "await", MemorySegment.class, word));
            Thread thread = new Thread(waiter);
            thread.start();
            while (!(boolean) call(two, "wakes", MemorySegment.class, word)) { // nobody is asleep there yet
                Thread.onSpinWait();
            }
            call(two, "end", MemorySegment.class, word);
            waiter.get();
            System.out.println("ok: one copy waits and another wakes");
        }
    }

    private static Class<?> consumer(List<URL> jars) throws Exception {
        return new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())
                .loadClass(Consumer.class.getName());
    }

    private static Object call(Class<?> type, String name, Class<?> parameter, Object argument) throws Exception {
        Method method = type.getMethod(name, parameter);
        return method.invoke(null, argument);
    }
}
