/// The place of the WebAssembly backend; it holds nothing yet.
@NullMarked
package io.futex.wasm;

import org.jspecify.annotations.NullMarked;
