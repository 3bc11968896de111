package io.futex.examples;

import io.futex.sync.Parker;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A queue for one reader, who parks while it is empty: no lock, and no system call for a reader who is awake.
///
/// @param <T> of what is in it
public final class Mailbox<T> {
    private final ConcurrentLinkedQueue<T> letters = new ConcurrentLinkedQueue<>();
    private final Parker reader = new Parker();

    /// An empty one.
    public Mailbox() {}

    /// Prints the sum of some numbers that another thread has sent.
    public static void main(String[] args) {
        System.out.println("the sum of 0 to 999 is " + sum(1000));
    }

    /// Sends numbers from one thread to another.
    ///
    /// @param count how many
    /// @return their sum
    public static long sum(int count) {
        Mailbox<Integer> mailbox = new Mailbox<>();
        Thread.startVirtualThread(() -> {
            for (int i = 0; i < count; i++) {
                mailbox.send(i);
            }
        });
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += mailbox.read();
        }
        return sum;
    }

    /// Puts something in; from any thread.
    public void send(T letter) {
        letters.add(letter);
        reader.unpark(); // after the letter is there
    }

    /// Takes the oldest out, and waits if there is none; for one thread at a time.
    public T read() {
        for (; ; ) {
            T letter = letters.poll();
            if (letter != null) {
                return letter;
            }
            reader.parkUninterruptibly(); // perhaps for an old permit: so look again
        }
    }
}
