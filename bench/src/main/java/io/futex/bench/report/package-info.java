/// Figures, rows, goals, and the table made of them.
@org.jspecify.annotations.NullMarked
package io.futex.bench.report;
