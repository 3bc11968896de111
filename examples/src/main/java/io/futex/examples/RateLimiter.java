package io.futex.examples;

import io.futex.channel.Channel;
import io.futex.channel.Select;
import java.time.Duration;

/// Lets some requests through at once, and then one for each period. The permits are values in a channel; a thread adds
/// one after each period until it is told to stop.
public final class RateLimiter implements AutoCloseable {
    private final Channel<Boolean> permits;
    private final Channel<Boolean> stop = Channel.unbuffered();

    /// Starts with all permits there.
    ///
    /// @param burst how many requests may come at once
    /// @param period after which one more may come
    public RateLimiter(int burst, Duration period) {
        permits = Channel.buffered(burst);
        for (int i = 0; i < burst; i++) {
            permits.trySend(true);
        }
        // Made once: each run waits anew, and allocates nothing.
        Select next = Select.create()
                .receive(stop, unused -> {}, () -> {}) // closed: nobody sends there
                .after(period, () -> permits.trySend(true)); // no room: nobody has asked for long
        Thread.startVirtualThread(() -> {
            try {
                while (!stop.isClosed()) {
                    next.run();
                }
            } catch (InterruptedException e) {
                // Stopped like that.
            }
        });
    }

    /// Waits for a permit.
    public void acquire() throws InterruptedException {
        permits.receive();
    }

    /// Stops its thread.
    @Override
    public void close() {
        stop.close();
    }

    /// Prints how long some requests took.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        long millis = run(10, 4, Duration.ofMillis(10)).toMillis();
        System.out.println("10 requests, 4 of them at once and then one each 10 ms, took " + millis + " ms");
    }

    /// Makes requests.
    ///
    /// @param requests how many
    /// @param burst of them at once
    /// @param period for each of the others
    /// @return how long it took
    public static Duration run(int requests, int burst, Duration period) throws InterruptedException {
        long begin = System.nanoTime();
        try (RateLimiter limiter = new RateLimiter(burst, period)) {
            for (int i = 0; i < requests; i++) {
                limiter.acquire();
            }
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
