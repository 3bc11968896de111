/// Synchronizers of 4-byte words, placeable in shared memory. Each is written once, on [io.futex.FutexWord] alone.
@org.jspecify.annotations.NullMarked
package io.futex.sync;
