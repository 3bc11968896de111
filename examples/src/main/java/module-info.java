/// Small programs to copy.
@org.jspecify.annotations.NullMarked
module io.futex.examples {
    requires io.futex.all;
    requires io.futex.wasm;
    requires static org.jspecify;

    exports io.futex.examples;
}
