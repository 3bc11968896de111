package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Await;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tasks that the group starts and counts.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitGroupTasksTest {
    @Test
    void writesBeforeDoneAreVisible() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        for (int round = 0; round < 2000; round++) {
            int[] plain = new int[4];
            for (int i = 0; i < plain.length; i++) {
                int mine = i;
                group.go(() -> plain[mine] = 1);
            }
            group.await();
            assertThat(plain).containsOnly(1);
        }
    }

    @Test
    void aTaskThatThrowsIsDone() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread.Builder threads = Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> seen.set(e));

        group.go(task -> threads.start(task), () -> {
            throw new IllegalArgumentException("on purpose");
        });
        group.await();

        while (seen.get() == null) {
            Thread.onSpinWait();
        }
        assertThat(seen.get()).hasMessage("on purpose");
    }

    @Test
    void aTaskThatThrowsInAVirtualThreadIsDone() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((t, e) -> seen.set(e));
        try {
            group.go(() -> {
                throw new IllegalArgumentException("on purpose");
            });
            group.await();
            Await.until("the exception is told", () -> seen.get() != null);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(seen.get()).hasMessage("on purpose");
    }

    @Test
    void aRefusedTaskIsNotCounted() {
        WaitGroup group = new WaitGroup();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> group.go(
                        task -> {
                            throw new RejectedExecutionException();
                        },
                        () -> {}));
        assertThat(group.count()).isZero();

        assertThatNullPointerException().isThrownBy(() -> group.go(null));
        assertThatNullPointerException().isThrownBy(() -> group.go(null, () -> {}));
        assertThat(group.count()).isZero();
    }

    @Test
    void aTaskThatThrowsInTheCallerIsDoneOnce() {
        WaitGroup group = new WaitGroup();
        group.add(1);

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> group.go(Runnable::run, () -> {
                    throw new IllegalArgumentException();
                }));

        assertThat(group.count()).isEqualTo(1);
    }
}
