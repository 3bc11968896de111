package io.futex.shared;

/// What lies in a slot of a [SharedQueue] is nothing that a queue writes: somebody else has written there. The queue
/// cannot be used any more.
public class DamagedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param what which slot, and what is in there, for people
    public DamagedException(String what) {
        super(what);
    }
}
