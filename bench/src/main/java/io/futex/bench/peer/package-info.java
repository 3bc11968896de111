/// Whoever is measured, each in a process of its own: requests go in, figures come out.
@org.jspecify.annotations.NullMarked
package io.futex.bench.peer;
