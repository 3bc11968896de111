package io.futex.spi;

/// Waits on many words, all of one thread: the way of a system that can wait without a thread for each. Made by
/// [FutexBackend#openAsync]. Its owner, the thread that opened it, makes all calls but [#kick].
///
/// A wait is offered under a number, and ends under it, once: no other may be offered under the same number until then.
public interface AsyncWaits extends AutoCloseable {
    /// Hears how waits end, in [#run].
    @FunctionalInterface
    interface Sink {
        /// A wait has ended.
        ///
        /// @param id the wait
        /// @param outcome [Outcome#EARLY] if it was cancelled, or for no reason: no wake was consumed;
        ///     [Outcome#FAILED] if the system refused it: the caller's [FutexBackend#diagnose] tells why; else as of
        ///     [FutexBackend#await]
        void ended(long id, Outcome outcome);
    }

    /// Takes a wait, which the next [#run] gives to the system.
    ///
    /// @param id its number, from 0 to [Integer#MAX_VALUE]
    /// @param address of the word
    /// @param expected the value for which to wait
    /// @param mask bits of which a wake must match one
    /// @return false if there is no room before the next [#run]
    boolean offer(long id, long address, int expected, int mask);

    /// Takes the wish to end a wait that was offered and has not ended. It ends soon, cancelled, or in whichever other
    /// way it had ended already.
    ///
    /// @param id the wait
    /// @return false if there is no room before the next [#run]
    boolean cancel(long id);

    /// Gives to the system what was offered, sleeps until a wait ends, and hands out those that have.
    ///
    /// @param nanos how long to sleep at most; 0 not to sleep, [FutexBackend#FOREVER] for as long as it takes. It may
    ///     return sooner, having handed out nothing.
    /// @param sink hears of waits that have ended
    /// @return false if the system has not taken all yet, for want of memory, and so has not slept: to be tried again
    ///     in a while
    /// @throws io.futex.FutexException when the system refuses to go on; waits may have consumed wakes then
    boolean run(long nanos, Sink sink);

    /// Ends the sleep of [#run], or else of the next. By any thread, also after [#close].
    void kick();

    /// How the system waits, for diagnosis.
    ///
    /// @return a few words for people
    String description();

    /// Gives everything back to the system. Waits that have not ended may consume wakes for a while yet.
    @Override
    void close();
}
