/// Wait and wake on a 32-bit word: [io.futex.Futex] is the operation, [io.futex.FutexWord] a word that has it,
/// [io.futex.FutexSequence] a 64-bit counter of others.
@org.jspecify.annotations.NullMarked
package io.futex;
