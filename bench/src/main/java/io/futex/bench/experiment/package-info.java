/// The measurements of the Java side, run inside the process of a peer.
@org.jspecify.annotations.NullMarked
package io.futex.bench.experiment;
