package io.futex.examples;

import io.futex.channel.Channel;
import io.futex.channel.ChannelClosedException;
import io.futex.sync.WaitGroup;
import java.util.function.Function;

/// Threads that do jobs and hand over what came of each. To close the channel of jobs is to shut the pool down: what
/// was accepted is done, nothing more is accepted, and then the results end.
///
/// @param <J> a job
/// @param <R> what comes of it
public final class WorkerPool<J, R> {
    private final Channel<J> jobs = Channel.buffered(16);
    private final Channel<R> results = Channel.buffered(16);

    /// Starts the threads.
    ///
    /// @param workers how many
    /// @param work what they do
    public WorkerPool(int workers, Function<? super J, ? extends R> work) {
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < workers; i++) {
            group.go(() -> {
                try {
                    for (J job : jobs) { // until closed and drained
                        results.send(work.apply(job));
                    }
                } catch (InterruptedException e) {
                    // The others go on.
                }
            });
        }
        Thread.startVirtualThread(() -> {
            group.awaitUninterruptibly();
            results.close();
        });
    }

    /// Gives a job to the pool, and waits while it has too many.
    ///
    /// @throws ChannelClosedException if the pool is shut down; the job will surely not be done
    public void submit(J job) throws InterruptedException {
        jobs.send(job);
    }

    /// What came of the jobs, in no order; it ends when the pool is shut down and all is done.
    public Iterable<R> results() {
        return results;
    }

    /// Accepts no more jobs.
    public void shutDown() {
        jobs.close();
    }

    /// Prints how many numbers are prime, and what a job is told that comes too late.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        WorkerPool<Integer, Boolean> pool = new WorkerPool<>(3, WorkerPool::isPrime);
        System.out.println(primesBelow(10_000, pool) + " primes below 10000");
        try {
            pool.submit(10_007);
        } catch (ChannelClosedException e) {
            System.out.println("10007 came too late");
        }
    }

    /// Counts primes, and shuts the pool down.
    ///
    /// @param end the first number that is not looked at
    /// @return how many there are below `end`
    public static int primesBelow(int end, WorkerPool<Integer, Boolean> pool) {
        Thread.startVirtualThread(() -> {
            try {
                for (int n = 2; n < end; n++) {
                    pool.submit(n);
                }
            } catch (InterruptedException e) {
                // No more, then.
            } finally {
                pool.shutDown();
            }
        });
        int primes = 0;
        for (boolean prime : pool.results()) {
            primes += prime ? 1 : 0;
        }
        return primes;
    }

    /// A job.
    ///
    /// @param n at least 2
    /// @return whether it is a prime
    public static boolean isPrime(int n) {
        for (int i = 2; i * i <= n; i++) {
            if (n % i == 0) {
                return false;
            }
        }
        return true;
    }
}
