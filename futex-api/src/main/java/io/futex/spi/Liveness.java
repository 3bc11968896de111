package io.futex.spi;

/// Who is still there, of the processes and threads of this machine. An id may be given to another one later, so it
/// goes with when the one that is meant began: in whatever unit, but equal for all who ask.
///
/// A process that is stopped is there. One that has ended, and that its parent has not asked about yet, is not.
public interface Liveness {
    /// There is none of this id.
    long GONE = -1;

    /// There may be one of this id; the system does not tell when it began.
    long UNKNOWN = -2;

    /// Where the ids are valid.
    ///
    /// @return of this process
    Machine machine();

    /// When a process began.
    ///
    /// @param process its id
    /// @return 0 or more; or [#GONE] or [#UNKNOWN]
    long startOf(long process);

    /// The calling platform thread, as the owner of a lock.
    ///
    /// @return within [RobustThread#OWNER], not 0, and no other thread's of this machine
    int thread();

    /// What tells the calling platform thread from others that have its number before or after it.
    ///
    /// @return 0 or more, or [#UNKNOWN]
    long threadStart();

    /// Whether a thread has ended, or its process.
    ///
    /// @param thread as of [#thread()]
    /// @param start as of [#threadStart()]; [#UNKNOWN] for any of this number
    /// @return false if it is there, or nobody knows
    boolean hasEnded(int thread, long start);
}
