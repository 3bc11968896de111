package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// What a thread has used and dropped is collected, though the thread lives on: a server's threads serve many guests.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RetainedMemoryTest {
    private static final MemoryLimits LIMITS = new MemoryLimits(1, 1, true);

    /// Ways in which a thread uses a memory, each with something of its own for each thread or without.
    enum Use {
        METHODS {
            @Override
            long wake(Memory memory) {
                return WasmFutex.over(memory).wakeOneAt(0);
            }
        },
        INSTRUCTIONS {
            @Override
            long wake(Memory memory) {
                return WasmFutex.viaInstructions(memory).wakeOneAt(0);
            }
        },
        INSTANCE {
            @Override
            long wake(Memory memory) {
                return InstancePerThread.of(Guests.TABLE, memory)
                        .export("notify")
                        .apply(0, 1)[0];
            }
        };

        abstract long wake(Memory memory);
    }

    @ParameterizedTest
    @EnumSource
    void aThreadKeepsNoMemoryOfOurs(Use use) {
        keepsNone(use, () -> SharedWasmMemory.create(1, 1));
    }

    @ParameterizedTest
    @EnumSource
    void aThreadKeepsNoMemoryOfEndives(Use use) {
        keepsNone(use, () -> new ByteArrayMemory(LIMITS));
    }

    private static void keepsNone(Use use, Supplier<Memory> maker) {
        List<WeakReference<Memory>> memories = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Memory memory = maker.get();
            memories.add(new WeakReference<>(memory));
            assertThat(use.wake(memory)).isZero();
        }
        assertCollected(memories);
    }

    @ParameterizedTest
    @EnumSource(names = {"INSTRUCTIONS", "INSTANCE"})
    void aWaitKeepsNothingEither(Use use) {
        List<WeakReference<Memory>> memories = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Memory memory = SharedWasmMemory.create(1, 1);
            memories.add(new WeakReference<>(memory));
            Route.Calls calls = (use == Use.INSTANCE ? Route.INSTRUCTIONS : Route.METHODS).over(memory);
            assertThat(calls.wait32(0, 0, 1)).isEqualTo(WasmCode.TIMED_OUT);
            assertThat(calls.wait32(0, 1, 1)).isEqualTo(WasmCode.NOT_EQUAL);
        }
        assertCollected(memories);
    }

    /// As one does whose host functions call other guests.
    @Test
    void aThreadKeepsNoInstanceThatKnowsItsMaker() {
        List<WeakReference<Memory>> memories = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            Memory memory = SharedWasmMemory.create(1, 1);
            memories.add(new WeakReference<>(memory));
            AtomicReference<InstancePerThread> known = new AtomicReference<>();
            InstancePerThread guests = InstancePerThread.of(number -> Instance.builder(Guests.TABLE)
                    .withImportValues(ImportValues.builder()
                            .addMemory(new ImportMemory("env", "memory", memory))
                            .build())
                    .withUnsafeExecutionListener((instruction, stack) -> known.get())
                    .build());
            known.set(guests);
            assertThat(guests.export("notify").apply(0, 1)[0]).isZero();
        }
        assertCollected(memories);
    }

    /// Else a server that starts a thread for each request would fill up by the instances of those that have ended.
    @Test
    void theInstanceOfAnEndedThreadIsCollected() {
        InstancePerThread guests = InstancePerThread.of(Guests.TABLE, SharedWasmMemory.create(1, 1));
        for (boolean virtual : new boolean[] {false, true}) {
            List<WeakReference<Instance>> instances = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Waiter user = Waiter.start(virtual, () -> instances.add(new WeakReference<>(guests.get())));
                assertThat(user.result()).isEqualTo(true);
            }
            assertCollected(instances, () -> Waiter.start(virtual, guests::get).result());
        }
    }

    @Test
    void aThreadKeepsItsInstanceAsLongAsItRuns() {
        InstancePerThread guests = InstancePerThread.of(Guests.TABLE, SharedWasmMemory.create(1, 1));
        int first = System.identityHashCode(guests.get());
        WeakReference<Instance> instance = new WeakReference<>(guests.get());
        WeakReference<Object> collected = new WeakReference<>(new Object());
        assertCollected(List.of(collected));
        assertThat(System.identityHashCode(guests.get())).isEqualTo(first);
        assertThat(instance.get()).isSameAs(guests.get());
        assertThat(Waiter.platform(guests::get).result()).isNotSameAs(guests.get());
    }

    /// An application is undeployed, and the thread of the container's pool that has called its guests lives on.
    @Test
    void aThreadKeepsNoClassLoader() throws Exception {
        try (ExecutorService pool =
                Executors.newFixedThreadPool(1, Thread.ofPlatform().daemon().factory())) {
            List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
            for (String method : List.of("over", "viaInstructions")) {
                loaders.add(pool.submit(() -> useThrough(new OwnCopy(), method)).get());
            }
            assertCollected(loaders);
        }
    }

    private static WeakReference<ClassLoader> useThrough(ClassLoader copy, String method) throws Exception {
        Class<?> memories = copy.loadClass(SharedWasmMemory.class.getName());
        Class<?> futexes = copy.loadClass(WasmFutex.class.getName());
        assertThat(futexes).isNotSameAs(WasmFutex.class);
        Object memory = memories.getMethod("create", int.class, int.class).invoke(null, 1, 1);
        Object futex = futexes.getMethod(method, Memory.class).invoke(null, memory);
        Method wake = futexes.getMethod("wakeOneAt", int.class);
        assertThat(wake.invoke(futex, 0)).isEqualTo(0);
        return new WeakReference<>(copy);
    }

    private static <T> void assertCollected(List<WeakReference<T>> references) {
        assertCollected(references, () -> {});
    }

    private static <T> void assertCollected(List<WeakReference<T>> references, Runnable between) {
        Await.until("collected: all of " + references.size(), () -> {
            System.gc();
            between.run();
            return references.stream().allMatch(reference -> reference.get() == null);
        });
    }
}
