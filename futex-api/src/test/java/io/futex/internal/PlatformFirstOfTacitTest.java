package io.futex.internal;

class PlatformFirstOfTacitTest extends PlatformFirstContract {
    private final Engine engine = Engine.local(new TacitBackend());

    @Override
    Engine engine() {
        return engine;
    }
}
