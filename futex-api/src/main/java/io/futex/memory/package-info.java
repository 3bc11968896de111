/// Memory that words and synchronizers live in, and the seam at which a model checker takes its place. Not exported.
@org.jspecify.annotations.NullMarked
package io.futex.memory;
