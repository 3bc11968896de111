package io.futex.bench.experiment;

import io.futex.adapters.agrona.SignalledIdleStrategy;
import io.futex.adapters.chronicle.SignalledPauser;
import io.futex.sync.Doorbell;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import net.openhft.chronicle.threads.LongPauser;
import net.openhft.chronicle.threads.Pauser;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/// What a consumer does between its polls, and what a producer does about that.
///
/// @param idle of the consumer, told how many messages the last poll has found
/// @param signal of the producer, after each message
record IdleStrategies(IntConsumer idle, Runnable signal) {
    /// @param bell where in `memory` a doorbell may lie
    static IdleStrategies of(String name, MemorySegment memory, long bell, boolean shared) {
        return switch (name) {
            case "futex" -> {
                Doorbell doorbell = shared ? Doorbell.shared(memory, bell) : new Doorbell();
                yield new IdleStrategies(new SignalledIdleStrategy(doorbell)::idle, doorbell::ring);
            }
            case "BusySpin" -> of(new BusySpinIdleStrategy());
            case "Yielding" -> of(new YieldingIdleStrategy());
            case "Backoff" -> of(new BackoffIdleStrategy());
            case "Sleeping-1us" -> of(new SleepingIdleStrategy(1000));
            case "SleepingMillis-1" -> of(new SleepingMillisIdleStrategy(1));
            case "Pauser.futex" -> of(new SignalledPauser(new Doorbell()));
            case "Pauser.busy" -> of(Pauser.busy());
            case "Pauser.balanced" -> of(Pauser.balanced());
            case "Pauser.sleepy" -> of(Pauser.sleepy());
            case "Pauser.millis-1" -> of(Pauser.millis(1));
            case "LongPauser" -> of(new LongPauser(0, 0, 100, 20_000, TimeUnit.MICROSECONDS));
            default -> throw new IllegalArgumentException("no idle strategy " + name);
        };
    }

    private static IdleStrategies of(IdleStrategy strategy) {
        return new IdleStrategies(strategy::idle, () -> {});
    }

    private static IdleStrategies of(Pauser pauser) {
        return new IdleStrategies(
                found -> {
                    if (found > 0) {
                        pauser.reset();
                    } else {
                        pauser.pause();
                    }
                },
                pauser::unpause);
    }
}
