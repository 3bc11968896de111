module consumer {
    requires io.futex.all;
    requires io.futex.wasm;
}
