/// Java threads and WebAssembly guests that wait for and wake each other on the words of one linear memory.
///
/// The guests run in the runtime Endive (`run.endive:runtime`), interpreted, inside this JVM. [SharedWasmMemory] is the
/// memory to give them, [WasmFutex] the [io.futex.Futex] of the Java side, [InstancePerThread] makes the instances.
@NullMarked
package io.futex.wasm;

import org.jspecify.annotations.NullMarked;
