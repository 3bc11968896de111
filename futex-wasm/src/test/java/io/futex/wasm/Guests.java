package io.futex.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// The modules of the tests, from `src/test/wasm`.
final class Guests {
    static final WasmModule TABLE = parse("table.wasm");
    static final WasmModule C = parse("guest.wasm");
    static final WasmModule UNSHARED = parse("unshared.wasm");
    static final WasmModule DATA = parse("data.wasm");

    /// What the C guests want; and room for their words, from [#WORDS].
    static final int PAGES = 2;

    /// The most pages that the C guests take.
    static final int MAX_PAGES = 256;

    /// Above what the C guests use themselves, and below where the tests put stacks.
    static final int WORDS = 32 * 1024;

    private Guests() {}

    static SharedWasmMemory memory() {
        return SharedWasmMemory.create(PAGES, MAX_PAGES);
    }

    /// An instance of the C guest for each thread, each with a stack of its own above 64 KiB.
    static InstancePerThread c(Memory memory) {
        return InstancePerThread.of(number ->
                InstancePerThread.withStack(InstancePerThread.instance(C, memory), 64 * 1024 + (number + 1) * 1024));
    }

    private static WasmModule parse(String name) {
        try (InputStream binary = Guests.class.getResourceAsStream(name)) {
            return Parser.parse(binary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
