package io.futex.contract;

import java.lang.reflect.Method;

/// What a thread has used. By reflection, since the module under test does not require `java.management`.
public final class ThreadMeters {
    private static final Object BEAN;
    private static final Method ALLOCATED;
    private static final Method CPU;

    static {
        try {
            BEAN = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            Class<?> type = Class.forName("com.sun.management.ThreadMXBean");
            ALLOCATED = type.getMethod("getThreadAllocatedBytes", long.class);
            CPU = type.getMethod("getThreadCpuTime", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ThreadMeters() {}

    /// Bytes that a platform thread has allocated on the heap.
    public static long allocatedBytes(Thread thread) {
        return call(ALLOCATED, thread);
    }

    /// Processor time that a platform thread has used; -1 after its end.
    public static long cpuNanos(Thread thread) {
        return call(CPU, thread);
    }

    private static long call(Method method, Thread thread) {
        try {
            return (long) method.invoke(BEAN, thread.threadId());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(String.valueOf(e), e);
        }
    }
}
