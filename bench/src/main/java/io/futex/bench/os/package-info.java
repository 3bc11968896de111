/// What the benchmarks need of the operating system beside the library.
@org.jspecify.annotations.NullMarked
package io.futex.bench.os;
