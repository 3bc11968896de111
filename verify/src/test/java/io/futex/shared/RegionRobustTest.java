package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Robust locks in the slots of a region.
@EnabledOnOs(OS.LINUX)
class RegionRobustTest {
    private static final RegionLayout LAYOUT = RegionLayout.builder()
            .word("before")
            .robustMutex("lock")
            .robustOnce("begin")
            .build();

    @TempDir
    private Path folder;

    @Test
    void bothSidesMeet() throws Exception {
        Path path = folder.resolve("region");
        try (SharedRegion one = SharedRegion.create(path, LAYOUT);
                SharedRegion other = SharedRegion.attach(path, LAYOUT)) {
            assertThat(one.robustMutex("lock")).isSameAs(one.robustMutex("lock"));
            assertThat(one.robustMutex("lock").lock()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
            Waiter waiter = Waiter.platform(() -> other.robustMutex("lock").tryLock());
            assertThat(waiter.result()).isEqualTo(Optional.empty());
            assertThatThrownBy(one::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("holds the mutex lock");
            one.robustMutex("lock").unlock();
            one.robustOnce("begin").run(() -> one.word("before").set(5));
            other.robustOnce("begin").run(() -> other.word("before").set(6));
            assertThat(other.word("before").get()).isEqualTo(5);
        }
    }

    /// A thread that ends in another attachment leaves word of it.
    @Test
    void theDeathOfAThreadIsTold() throws Exception {
        Path path = folder.resolve("region");
        try (SharedRegion one = SharedRegion.create(path, LAYOUT);
                SharedRegion other = SharedRegion.attach(path, LAYOUT)) {
            Waiter dying = Waiter.platform(() -> other.robustMutex("lock").lock());
            assertThat(dying.result()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
            assertThat(one.robustMutex("lock").lock()).isEqualTo(RobustMutex.Outcome.OWNER_DIED);
            one.robustMutex("lock").markConsistent();
            one.robustMutex("lock").unlock();
        }
    }
}
