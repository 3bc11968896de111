package io.futex.internal;

import io.futex.Futex;

class PlatformFirstOfThisSystemTest extends PlatformFirstContract {
    @Override
    Engine engine() {
        return (Engine) Futex.local();
    }
}
