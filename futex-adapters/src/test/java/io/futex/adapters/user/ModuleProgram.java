package io.futex.adapters.user;

import com.lmax.disruptor.RingBuffer;
import io.futex.adapters.agrona.SignalledIdleStrategy;
import io.futex.adapters.disruptor.FutexWaitStrategy;
import io.futex.sync.Doorbell;

/// A program that has one of the libraries. In a package of its own: classes of the module's packages are looked for in
/// the module alone.
public final class ModuleProgram {
    private ModuleProgram() {}

    /// @param arguments the module of the library
    public static void main(String[] arguments) {
        Class<?> used = switch (arguments[0]) {
            case "org.agrona" -> OfAgrona.use();
            case "com.lmax.disruptor" -> OfDisruptor.use();
            default -> throw new IllegalArgumentException(arguments[0]);
        };
        System.out.println(used.getModule() + " with " + arguments[0]);
    }

    /// Loaded where there is Agrona.
    private static final class OfAgrona {
        static Class<?> use() {
            SignalledIdleStrategy idle = new SignalledIdleStrategy(new Doorbell());
            idle.idle(1);
            return idle.getClass();
        }
    }

    /// Loaded where there is the Disruptor.
    private static final class OfDisruptor {
        static Class<?> use() {
            FutexWaitStrategy strategy = new FutexWaitStrategy();
            RingBuffer.createSingleProducer(Object::new, 8, strategy).publish(0);
            return strategy.getClass();
        }
    }
}
