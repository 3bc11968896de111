/// Programs for the price of the first use.
@org.jspecify.annotations.NullMarked
package io.futex.bench.start;
