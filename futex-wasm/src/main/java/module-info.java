/// Wait and wake on the words of a shared WebAssembly memory, together with its guests.
@org.jspecify.annotations.NullMarked
module io.futex.wasm {
    requires transitive io.futex;
    requires transitive run.endive.runtime;
    requires static org.jspecify;

    exports io.futex.wasm;
}
