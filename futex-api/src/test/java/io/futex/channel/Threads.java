package io.futex.channel;

import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Threads of one kind or both, that may be disturbed while they work.
final class Threads {
    /// Which threads take part.
    enum Kind {
        PLATFORM,
        VIRTUAL,
        MIXED;

        boolean isVirtual(int number) {
            return this == VIRTUAL || (this == MIXED && number % 2 == 0);
        }
    }

    private final Kind kind;
    private final List<Waiter> all = new ArrayList<>();

    Threads(Kind kind) {
        this.kind = kind;
    }

    Waiter start(Waiter.Call<@Nullable Object> call) {
        Waiter waiter = Waiter.start(kind.isVirtual(all.size()), call);
        all.add(waiter);
        return waiter;
    }

    /// Interrupts one after the other until the first `n` are done.
    void interruptWhileBusy(int n, SplittableRandom random) {
        while (!all.subList(0, n).stream().allMatch(Waiter::isDone)) {
            all.get(random.nextInt(all.size())).thread().interrupt();
            LockSupport.parkNanos(random.nextInt(400_000));
        }
    }

    void join() {
        all.forEach(Waiter::result);
    }
}
