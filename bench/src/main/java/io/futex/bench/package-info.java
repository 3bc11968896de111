/// The commands behind the launcher: bench, doctor, demo.
@org.jspecify.annotations.NullMarked
package io.futex.bench;
