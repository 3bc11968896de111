/// The place of the WebAssembly backend; it holds nothing yet.
@org.jspecify.annotations.NullMarked
module io.futex.wasm {
    requires io.futex;
    requires static org.jspecify;
}
