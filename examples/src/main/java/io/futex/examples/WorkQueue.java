package io.futex.examples;

import io.futex.sync.PMutex;
import io.futex.sync.WaitGroup;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;

/// A queue of limited length between threads that give work and threads that do it: a lock, and a condition for each
/// reason to wait.
///
/// @param <T> of a piece of work
public final class WorkQueue<T> {
    private final PMutex mutex = new PMutex();
    private final Condition notEmpty = mutex.newCondition();
    private final Condition notFull = mutex.newCondition();
    private final int capacity;

    // Guarded by the mutex.
    private final Queue<T> work = new ArrayDeque<>();
    private boolean closed;

    /// An empty one.
    ///
    /// @param capacity how much work may lie in it
    public WorkQueue(int capacity) {
        this.capacity = capacity;
    }

    /// Counts primes, each number a piece of work for one of three threads.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        System.out.println(primesBelow(10_000, 3) + " primes below 10000");
    }

    /// Counts primes.
    ///
    /// @param end the first number that is not looked at
    /// @param workers how many threads look
    /// @return how many primes there are below `end`
    public static int primesBelow(int end, int workers) throws InterruptedException {
        WorkQueue<Integer> numbers = new WorkQueue<>(16);
        AtomicInteger primes = new AtomicInteger();
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < workers; i++) {
            group.go(() -> {
                for (var n = numbers.take(); n.isPresent(); n = numbers.take()) {
                    if (isPrime(n.get())) {
                        primes.incrementAndGet();
                    }
                }
            });
        }
        for (int n = 2; n < end; n++) {
            numbers.put(n);
        }
        numbers.close();
        group.await();
        return primes.get();
    }

    private static boolean isPrime(int n) {
        for (int i = 2; i * i <= n; i++) {
            if (n % i == 0) {
                return false;
            }
        }
        return true;
    }

    /// Puts work in, and waits while there is too much of it.
    public void put(T piece) throws InterruptedException {
        mutex.lock();
        try {
            while (work.size() == capacity) {
                notFull.await();
            }
            work.add(piece);
            notEmpty.signal(); // one piece is for one thread
        } finally {
            mutex.unlock();
        }
    }

    /// Takes the oldest piece, and waits if there is none.
    ///
    /// @return empty when the queue is closed and has been emptied
    public Optional<T> take() {
        mutex.lock();
        try {
            while (work.isEmpty() && !closed) {
                notEmpty.awaitUninterruptibly();
            }
            Optional<T> piece = Optional.ofNullable(work.poll());
            notFull.signal();
            return piece;
        } finally {
            mutex.unlock();
        }
    }

    /// No more work will come.
    public void close() {
        mutex.lock();
        try {
            closed = true;
            notEmpty.signalAll(); // this is for every thread
        } finally {
            mutex.unlock();
        }
    }
}
