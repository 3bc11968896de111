package io.futex.examples;

import io.futex.channel.Channel;
import io.futex.channel.Receiver;
import io.futex.channel.Sender;
import io.futex.sync.WaitGroup;

/// A pipeline: numbers fan out to several threads that square them, and what these bring fans in to one that adds up.
///
/// Each stage owns the channel that it sends to, and closes it when it has no more: so the end runs through the
/// pipeline behind the last value.
public final class Pipeline {
    private Pipeline() {}

    /// Prints a sum of squares.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        System.out.println("the squares of 1 to 1000 add up to " + sumOfSquares(1000, 3));
    }

    /// Adds up squares.
    ///
    /// @param last number
    /// @param threads that square
    /// @return 1 + 4 + 9 + … + last²
    public static long sumOfSquares(int last, int threads) throws InterruptedException {
        Receiver<Long> squares = squares(numbers(last), threads);
        long sum = 0;
        for (long square : squares) { // until closed and drained
            sum += square;
        }
        return sum;
    }

    private static Receiver<Integer> numbers(int last) {
        Channel<Integer> numbers = Channel.unbuffered();
        Thread.startVirtualThread(() -> {
            try (Sender<Integer> out = numbers.sender()) {
                for (int n = 1; n <= last; n++) {
                    out.send(n);
                }
            } catch (InterruptedException e) {
                // No more, then: it is closed.
            }
        });
        return numbers.receiver();
    }

    private static Receiver<Long> squares(Receiver<Integer> numbers, int threads) {
        Channel<Long> squares = Channel.buffered(16);
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < threads; i++) {
            group.go(() -> {
                try {
                    for (int n : numbers) { // each number comes to one of the threads
                        squares.send((long) n * n);
                    }
                } catch (InterruptedException e) {
                    // The others go on.
                }
            });
        }
        Thread.startVirtualThread(() -> {
            group.awaitUninterruptibly();
            squares.close(); // once, after the last of them
        });
        return squares.receiver();
    }
}
