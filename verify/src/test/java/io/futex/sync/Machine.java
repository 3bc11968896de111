package io.futex.sync;

/// Threads and a few words of memory, as a machine of finitely many states, all of which [StateSpace] visits.
///
/// A step is one atomic access to memory together with the decision that depends on it. A thread may stop for as long
/// as it likes between any two steps. Memory is sequentially consistent.
public interface Machine {
    /// Is told of each step from a state.
    interface Steps {
        /// @param next the state after it
        /// @param rescue whether it is a piece of luck on which nobody may depend: a spurious return, a timeout, an
        ///     interrupt
        void step(long next, boolean rescue);
    }

    long initial();

    /// Whether all threads have finished, or been killed.
    boolean isDone(long state);

    /// What is wrong with a state by itself, or null.
    String fault(long state);

    /// Whether it is no surprise that nobody goes on.
    default boolean isExcused(long state) {
        return false;
    }

    /// Tells all steps from a state.
    void expand(long state, Steps steps);

    /// A state, for people.
    String describe(long state);
}
