package io.futex.internal;

class PlatformFirstOfPortableTest extends PlatformFirstContract {
    private final Engine engine = Engine.portable();

    @Override
    Engine engine() {
        return engine;
    }
}
