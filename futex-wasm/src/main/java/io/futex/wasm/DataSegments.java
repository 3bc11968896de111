package io.futex.wasm;

import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

/// What the modules over one memory bring along for it. Passive segments belong to the module with data that was
/// instantiated last: the runtime names them by number alone.
final class DataSegments {
    private final Memory memory;
    private volatile DataSegment[] last = {};

    DataSegments(Memory memory) {
        this.memory = memory;
    }

    /// Writes the active ones.
    ///
    /// @param segments the instance's own array, in which it drops them
    void initialize(Instance instance, DataSegment[] segments, int memoryIndex) {
        if (segments == null || segments.length == 0) {
            return; // a module without data leaves another's in place
        }
        last = segments;
        for (DataSegment segment : segments) {
            if (segment instanceof ActiveDataSegment active && active.index() == memoryIndex) {
                int offset = (int) ConstantEvaluators.computeConstantValue(instance, active.offsetInstructions())[0];
                write(offset, active.bytes());
            }
        }
    }

    private void write(int offset, byte[] bytes) {
        try {
            memory.write(offset, bytes, 0, bytes.length);
        } catch (WasmRuntimeException e) {
            throw new UninstantiableException(e.getMessage(), e);
        }
    }

    /// Writes a part of a segment.
    void copy(int segment, int to, int from, int size) {
        memory.write(to, last[segment].bytes(), from, size);
    }

    void drop(int segment) {
        last[segment] = PassiveDataSegment.EMPTY;
    }
}
