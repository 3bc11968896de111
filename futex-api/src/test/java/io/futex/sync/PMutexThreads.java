package io.futex.sync;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// Threads of a test, whose failures reach it.
final class PMutexThreads {
    interface Task {
        void run() throws Exception;
    }

    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();

    Thread start(Task task) {
        return start(Thread.ofPlatform(), task);
    }

    Thread start(Thread.Builder builder, Task task) {
        Thread thread = builder.start(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
        threads.add(thread);
        return thread;
    }

    List<Thread> all() {
        return threads;
    }

    boolean anyAlive() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("a thread of the test failed", thrown);
        }
    }
}
