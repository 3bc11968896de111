package io.futex.sync;

import io.futex.memory.ModelWords;

/// Doorbells for models of what is built on them.
public final class ModelBells {
    private ModelBells() {}

    /// A doorbell that sleeps without looking before.
    public static Doorbell at(ModelWords words, long at) {
        return new Doorbell(words, at);
    }
}
