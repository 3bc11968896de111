package io.futex.bench.experiment;

/// Parties that send and receive until the tally is over.
interface Traffic {
    /// Some senders and some receivers of one channel. There are as many receivers as senders, or there is one.
    ///
    /// @param capacity 0: none
    void transfer(int capacity, int senders, int receivers);

    /// A sender for each of some channels without a buffer, and one who selects among them.
    void select(int channels);

    /// One that sends a value to a buffered channel, and receives it.
    void alone();

    /// The same by the forms that do not wait.
    void attempts();

    /// One that tries to receive from an empty channel.
    void misses();

    /// Waits for the end of all parties; the tally is over.
    void join() throws InterruptedException;
}
