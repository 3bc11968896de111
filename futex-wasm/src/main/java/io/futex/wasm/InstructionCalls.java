package io.futex.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// The instructions themselves, each in a function of the module `futex.wasm`.
final class InstructionCalls implements RuntimeCalls {
    private final ThreadLocal<Functions> functions;

    InstructionCalls(Memory memory) {
        functions = ThreadLocal.withInitial(() -> new Functions(instance(memory)));
    }

    private static Instance instance(Memory memory) {
        return Instance.builder(Module.PARSED)
                .withImportValues(ImportValues.builder()
                        .addMemory(new ImportMemory("env", "memory", memory))
                        .build())
                .withInitialize(false) // has no data, and must not take away that of the memory's guests
                .build();
    }

    @Override
    public int wait32(int offset, int expected, long nanos) {
        return (int) functions.get().wait32.apply(offset, expected, nanos)[0];
    }

    @Override
    public int notify(int offset, int count) {
        // Endive lets no interrupted thread begin a function; a wake must not fail for that. It looks at the status at
        // calls and branches, of which there is none after the instruction: a call that has failed has woken nobody.
        boolean interrupted = false;
        try {
            for (; ; ) {
                interrupted |= Thread.interrupted();
                try {
                    return (int) functions.get().notify.apply(offset, count)[0];
                } catch (WasmInterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String description() {
        return "instructions";
    }

    /// Of one thread, since its instance is not thread-safe.
    private static final class Functions {
        final ExportFunction wait32;
        final ExportFunction notify;

        Functions(Instance instance) {
            wait32 = instance.export("wait32");
            notify = instance.export("notify");
        }
    }

    private static final class Module {
        static final WasmModule PARSED = parse();

        private static WasmModule parse() {
            try (InputStream binary = InstructionCalls.class.getResourceAsStream("futex.wasm")) {
                if (binary == null) {
                    throw new IllegalStateException("futex.wasm is missing from this library");
                }
                return Parser.parse(binary);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
