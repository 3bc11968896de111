package io.futex.wasm;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryImport;

/// An instance of one module for each thread that asks, all over one shared memory: a wasm thread *is* an instance of
/// its own, since Endive's instances are not thread-safe.
///
/// ```java
/// var guests = InstancePerThread.of(module, memory);
/// Thread.ofPlatform().start(() -> guests.export("work").apply(1));
/// ```
///
/// Compiled C keeps part of its stack in the linear memory, below the global `__stack_pointer`, which in every
/// instance begins at the same place: guests that run at the same time need stacks of their own. Link with
/// `--export=__stack_pointer` and make the instances with [#of(IntFunction)] and [#withStack].
///
/// An instance lives as long as its thread, virtual threads included, and as this object: a thread that lives on after
/// it keeps nothing, neither instances nor their memory. Making one takes some 30 us for a small module.
public final class InstancePerThread {
    private final AtomicInteger made = new AtomicInteger();
    private final ThreadValues<Instance> instances;

    private InstancePerThread(IntFunction<Instance> maker) {
        instances = new ThreadValues<>(() -> maker.apply(made.getAndIncrement()));
    }

    /// Instances made by the caller, for instance each with a stack of its own.
    ///
    /// @param maker called once by each thread, with the numbers from 0 in the order of coming
    /// @return the instances
    public static InstancePerThread of(IntFunction<Instance> maker) {
        return new InstancePerThread(maker);
    }

    /// Instances of a module that imports nothing but its memory.
    ///
    /// @param module parsed once, used by all
    /// @param memory the one memory that it imports, under whatever name
    /// @return the instances
    public static InstancePerThread of(WasmModule module, Memory memory) {
        return of(number -> instance(module, memory));
    }

    /// One instance of a module that imports nothing but its memory.
    ///
    /// @param module parsed
    /// @param memory the one memory that it imports, under whatever name
    /// @return a new instance, for one thread at a time
    public static Instance instance(WasmModule module, Memory memory) {
        ImportMemory[] imports = module.importSection().stream()
                .filter(MemoryImport.class::isInstance)
                .map(found -> new ImportMemory(found.module(), found.name(), memory))
                .toArray(ImportMemory[]::new);
        return Instance.builder(module)
                .withImportValues(ImportValues.builder().addMemory(imports).build())
                .build();
    }

    /// Gives an instance of compiled C a stack of its own; it grows down from the top.
    ///
    /// @param instance of a module that exports `__stack_pointer`
    /// @param top the address above the stack, divisible by 16; the bytes below must be nobody else's
    /// @return `instance`
    /// @throws IllegalArgumentException if `top` is not divisible by 16
    public static Instance withStack(Instance instance, int top) {
        if ((top & 15) != 0) {
            throw new IllegalArgumentException("a stack begins at an address divisible by 16; this one is " + top);
        }
        instance.exports().global("__stack_pointer").setValue(top);
        return instance;
    }

    /// The instance of the calling thread, made at its first call.
    ///
    /// @return the same object at every call of one thread
    public Instance get() {
        return instances.get();
    }

    /// A function of the calling thread's instance, for the calling thread.
    ///
    /// @param name as the module exports it
    /// @return the function
    public ExportFunction export(String name) {
        return get().export(name);
    }
}
