package io.futex.wasm;

import run.endive.runtime.Memory;

/// The two ways to the same queue: the methods of the memory, and the instructions, which each thread executes in an
/// instance of its own.
enum Route {
    METHODS {
        @Override
        Calls over(Memory memory) {
            return new Calls() {
                @Override
                public int wait32(int address, int expected, long nanos) {
                    return memory.atomicWait(address, expected, nanos);
                }

                @Override
                public int wait64(int address, long expected, long nanos) {
                    return memory.atomicWait(address, expected, nanos);
                }

                @Override
                public int notify(int address, int count) {
                    return memory.atomicNotify(address, count);
                }
            };
        }
    },

    INSTRUCTIONS {
        @Override
        Calls over(Memory memory) {
            InstancePerThread table = InstancePerThread.of(Guests.TABLE, memory);
            return new Calls() {
                @Override
                public int wait32(int address, int expected, long nanos) {
                    return (int) table.export("wait32").apply(address, expected, nanos)[0];
                }

                @Override
                public int wait64(int address, long expected, long nanos) {
                    return (int) table.export("wait64").apply(address, expected, nanos)[0];
                }

                @Override
                public int notify(int address, int count) {
                    return (int) table.export("notify").apply(address, count)[0];
                }
            };
        }
    };

    abstract Calls over(Memory memory);

    /// Wait and notify of one memory, for any thread.
    interface Calls {
        int wait32(int address, int expected, long nanos);

        int wait64(int address, long expected, long nanos);

        int notify(int address, int count);

        /// A wait on 32 or 64 bits.
        default int wait(boolean wide, int address, long expected, long nanos) {
            return wide ? wait64(address, expected, nanos) : wait32(address, (int) expected, nanos);
        }
    }
}
