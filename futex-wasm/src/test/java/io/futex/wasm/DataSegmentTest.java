package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.MemoryLimits;

/// What a module brings along for its memory.
final class DataSegmentTest {
    private static final int ACTIVE = 80_000;
    private static final int TO = 4096;

    static List<Memory> memories() {
        return List.of(SharedWasmMemory.create(2, 4), new ByteArrayMemory(new MemoryLimits(2, 4, true)));
    }

    @ParameterizedTest
    @MethodSource("memories")
    void anActiveSegmentIsWrittenAtEachInstantiation(Memory memory) {
        for (int i = 0; i < 2; i++) {
            memory.writeByte(ACTIVE, (byte) '?');
            Instance unused = InstancePerThread.instance(Guests.DATA, memory);
            assertThat(memory.readString(ACTIVE, 6)).isEqualTo("active");
        }
    }

    @ParameterizedTest
    @MethodSource("memories")
    void aPassiveSegmentIsWrittenOnDemandUntilItIsDropped(Memory memory) {
        Instance instance = InstancePerThread.instance(Guests.DATA, memory);
        assertThat(memory.readInt(TO)).isZero();
        instance.export("init").apply(TO, 1, 4);
        assertThat(memory.readBytes(TO, 5)).containsExactly('a', 's', 's', 'i', 0);
        assertThatThrownBy(() -> instance.export("init").apply(TO, 4, 4)).isInstanceOf(WasmEngineException.class);
        assertThatThrownBy(() -> instance.export("init").apply(2 * 65536 - 3, 0, 4))
                .isInstanceOf(WasmEngineException.class);
        instance.export("drop").apply();
        assertThatThrownBy(() -> instance.export("init").apply(TO, 0, 1)).isInstanceOf(WasmEngineException.class);
        instance.export("init").apply(TO, 0, 0);
    }

    @ParameterizedTest
    @MethodSource("memories")
    void theModuleOfTheInstructionsLeavesTheDataOfGuestsAlone(Memory memory) {
        Instance instance = InstancePerThread.instance(Guests.DATA, memory);
        assertThat(WasmFutex.viaInstructions(memory).wakeOneAt(TO)).isZero();
        instance.export("init").apply(TO, 0, 7);
        assertThat(memory.readString(TO, 7)).isEqualTo("passive");
    }

    @Test
    void aDropReachesNoLaterInstance() {
        Memory memory = SharedWasmMemory.create(2, 4);
        InstancePerThread.instance(Guests.DATA, memory).export("drop").apply();
        Instance later = InstancePerThread.instance(Guests.DATA, memory);
        later.export("init").apply(TO, 0, 7);
        assertThat(memory.readString(TO, 7)).isEqualTo("passive");
        // A module without data does not take it away either.
        Instance unused = InstancePerThread.instance(Guests.TABLE, memory);
        later.export("init").apply(TO + 16, 0, 7);
        assertThat(memory.readString(TO + 16, 7)).isEqualTo("passive");
    }

    @Test
    void anActiveSegmentOutOfBoundsFailsTheInstantiation() {
        Memory small = SharedWasmMemory.create(1, 4);
        assertThatThrownBy(() -> InstancePerThread.instance(Guests.DATA, small))
                .isInstanceOf(UninstantiableException.class);
    }
}
