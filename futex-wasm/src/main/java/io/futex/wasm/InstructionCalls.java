package io.futex.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;

/// The instructions themselves, each in a function of the module `futex.wasm`.
///
/// Endive begins no function in a thread that says it is interrupted. Where the status itself says otherwise, the
/// memory's own method is called, which is all that the instruction does.
final class InstructionCalls implements RuntimeCalls {
    /// Not in a class initialiser: an error there, for want of stack, would be for ever.
    private static volatile @Nullable WasmModule parsed;

    private final Memory memory;
    private final ThreadValues<Functions> functions;

    InstructionCalls(Memory memory) {
        this.memory = memory;
        this.functions = new ThreadValues<>(() -> new Functions(instance(memory)));
    }

    private static WasmModule module() {
        WasmModule known = parsed;
        if (known == null) {
            known = parse();
            parsed = known; // whoever comes at the same time parses its own
        }
        return known;
    }

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

    private static Instance instance(Memory memory) {
        return Instance.builder(module())
                .withImportValues(ImportValues.builder()
                        .addMemory(new ImportMemory("env", "memory", memory))
                        .build())
                .withInitialize(false) // has no data, and must not take away that of the memory's guests
                .build();
    }

    @Override
    public int wait32(int offset, int expected, long nanos) {
        try {
            return (int) functions.get().wait32.apply(offset, expected, nanos)[0];
        } catch (WasmInterruptedException e) {
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw e;
            }
            return memory.atomicWait(offset, expected, nanos); // isInterrupted() is overridden, and says always
        }
    }

    @Override
    public int notify(int offset, int count) {
        boolean interrupted = Thread.interrupted(); // a wake must not fail for that
        try {
            return (int) functions.get().notify.apply(offset, count)[0];
        } catch (WasmInterruptedException e) {
            // Thrown at calls and branches, of which there is none after the instruction: nobody has been woken.
            return memory.atomicNotify(offset, count);
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
}
