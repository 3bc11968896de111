package io.futex.schedule;

import java.util.List;

/// What is played in one interleaving: made anew for each.
public interface Game {
    /// What each thread does.
    List<Runnable> players();

    /// Whether somebody relies on the version of a state.
    default boolean looksTwice() {
        return false;
    }

    /// Nobody can go on, and not all are through.
    ///
    /// @return whether that may be; then it is the end
    default boolean mayHang() {
        return false;
    }

    /// At the end: fails if something is wrong.
    void check();
}
