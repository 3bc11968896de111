package io.futex.bench.micro;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// What is measured lies in old objects, far from those of the threads, as the locks of most programs do. There a
/// reference to a thread costs more to store.
@State(Scope.Thread)
public abstract class OldObjects {
    /// Some megabytes between the objects of the threads and those of a subclass, which come after; kept by this field.
    private final byte[][] neighbours = new byte[16_384][1024];

    /// Moves everything to where old objects are.
    @Setup
    public void age() {
        System.gc();
        makeYoung();
    }

    /// Makes what shall not be old. A setup of the subclass would come too early.
    void makeYoung() {}

    /// How many kilobytes lie in between.
    int distance() {
        return neighbours.length;
    }
}
