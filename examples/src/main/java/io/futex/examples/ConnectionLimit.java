package io.futex.examples;

import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A semaphore keeps a thousand virtual threads from using more than ten connections at a time.
public final class ConnectionLimit {
    private ConnectionLimit() {}

    /// Prints how many were in use at most.
    public static void main(String[] args) throws InterruptedException {
        System.out.println("at most " + run(1000, 10) + " connections at a time");
    }

    /// Lets threads use connections.
    ///
    /// @param tasks how many threads want a connection
    /// @param connections how many there are
    /// @return how many were in use at most
    public static int run(int tasks, int connections) throws InterruptedException {
        Semaphore free = new Semaphore(connections);
        AtomicInteger inUse = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < tasks; i++) {
            group.go(() -> {
                free.acquireUninterruptibly();
                try {
                    most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(10_000); // talk to the server
                    inUse.decrementAndGet();
                } finally {
                    free.release();
                }
            });
        }
        group.await();
        return most.get();
    }
}
