/// The rows of the report: which peers meet in which experiment, and what the figures mean.
@org.jspecify.annotations.NullMarked
package io.futex.bench.operation;
