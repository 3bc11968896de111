/// Java threads and WebAssembly guests that wait for and wake each other on the words of one linear memory. The guests
/// run in the runtime Endive (`run.endive:runtime`), interpreted, inside this JVM.
///
/// Read in this order:
///
/// 1. [io.futex.wasm.SharedWasmMemory], the memory to give to the guests, in this JVM or in a mapped file
/// 2. [io.futex.wasm.WasmFutex], the [io.futex.Futex] of the Java side, by byte offsets
/// 3. [io.futex.wasm.InstancePerThread], one instance of a module for each thread
@NullMarked
package io.futex.wasm;

import org.jspecify.annotations.NullMarked;
