package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.channel.ChannelClosedException;
import io.futex.contract.Waiter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedQueueTest {
    private static final int CAPACITY = 3;

    @TempDir
    private Path folder;

    private SharedQueue make(SharedQueue.Kind kind) throws Exception {
        return SharedQueue.create(folder.resolve("queue"), kind, CAPACITY, Long.BYTES);
    }

    private static void send(SharedQueue queue, long value) throws InterruptedException {
        long claim = queue.claim();
        queue.record(claim).set(ValueLayout.JAVA_LONG, 0, value);
        queue.commit(claim);
    }

    private static long receive(SharedQueue queue) throws InterruptedException {
        long taken = queue.take();
        long value = queue.record(taken).get(ValueLayout.JAVA_LONG, 0);
        queue.release(taken);
        return value;
    }

    @ParameterizedTest
    @EnumSource
    void recordsComeOutInOrder(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind);
                SharedQueue other = SharedQueue.attach(folder.resolve("queue"))) {
            assertThat(other.capacity()).isEqualTo(CAPACITY);
            assertThat(other.recordBytes()).isEqualTo(Long.BYTES);
            for (int lap = 0; lap < 10; lap++) {
                for (int i = 0; i < CAPACITY; i++) {
                    send(queue, 100 * lap + i);
                }
                assertThat(queue.tryClaim()).isEqualTo(SharedQueue.NONE);
                assertThat(queue.tryClaim(1, TimeUnit.MILLISECONDS)).isEqualTo(SharedQueue.NONE);
                assertThat(other.size()).isEqualTo(CAPACITY);
                for (int i = 0; i < CAPACITY; i++) {
                    assertThat(receive(other)).isEqualTo(100 * lap + i);
                }
                assertThat(other.tryTake()).isEqualTo(SharedQueue.NONE);
                assertThat(other.tryTake(1, TimeUnit.MILLISECONDS)).isEqualTo(SharedQueue.NONE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordLiesInTheRegionAndIsNotCopied(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            long claim = queue.claim();
            MemorySegment written = queue.record(claim);
            assertThat(written.byteSize()).isEqualTo(Long.BYTES);
            assertThat(written.address() % Long.BYTES).isZero();
            queue.commit(claim);
            assertThat(queue.record(queue.take())).isEqualTo(written);
            assertThatIllegalArgumentException().isThrownBy(() -> queue.record(SharedQueue.NONE));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAbandonedIsPassedOver(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            for (int i = 0; i < 20; i++) {
                queue.abandon(queue.claim()); // laps ahead of the consumer
            }
            send(queue, 7);
            queue.abandon(queue.claim());
            assertThat(receive(queue)).isEqualTo(7);
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
        }
    }

    @Test
    void consumersTakeSeveralAtATimeAndReleaseInAnyOrder() throws Exception {
        try (SharedQueue queue = make(SharedQueue.Kind.MPMC)) {
            long first = queue.claim();
            long second = queue.claim();
            queue.commit(second);
            assertThat(queue.tryTake()).as("before the first").isEqualTo(SharedQueue.NONE);
            queue.commit(first);
            assertThat(queue.take()).isEqualTo(first);
            assertThat(queue.take()).isEqualTo(second);
            queue.release(second);
            queue.commit(queue.claim());
            assertThat(queue.tryClaim()).as("of the first").isEqualTo(SharedQueue.NONE);
            queue.release(first);
            queue.commit(queue.claim());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotInTheCallersHandsIsRefused(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind);
                SharedQueue other = SharedQueue.attach(folder.resolve("queue"))) {
            long claim = queue.claim();
            assertThatIllegalStateException().isThrownBy(() -> queue.release(claim));
            assertThatIllegalStateException().isThrownBy(() -> other.commit(claim));
            assertThatIllegalStateException().isThrownBy(() -> queue.commit(claim + CAPACITY));
            assertThatIllegalStateException().isThrownBy(() -> queue.commit(SharedQueue.NONE));
            queue.commit(claim);
            assertThatIllegalStateException().isThrownBy(() -> queue.commit(claim));
            assertThatIllegalStateException().isThrownBy(() -> queue.abandon(claim));
            long taken = queue.take();
            assertThatIllegalStateException().isThrownBy(() -> other.release(taken));
            queue.release(taken);
            assertThatIllegalStateException().isThrownBy(() -> queue.release(taken));
        }
    }

    @ParameterizedTest
    @EnumSource
    void sleepersAreWoken(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            Waiter consumer = Waiter.platform(() -> receive(queue));
            send(queue, 5);
            assertThat(consumer.result()).isEqualTo(5L);
            for (int i = 0; i < CAPACITY; i++) {
                send(queue, i);
            }
            Waiter producer = Waiter.platform(() -> {
                send(queue, 9);
                return true;
            });
            for (long expected : new long[] {0, 1, 2, 9}) {
                assertThat(receive(queue)).isEqualTo(expected);
            }
            assertThat(producer.result()).isEqualTo(true);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsAWait(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            Waiter consumer = Waiter.platform(queue::take);
            consumer.thread().interrupt();
            assertThat(consumer.thrown()).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(queue::claim);
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownEndsItForAllAndLosesNothing(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind);
                SharedQueue other = SharedQueue.attach(folder.resolve("queue"))) {
            send(queue, 1);
            long late = queue.claim();
            other.shutdown();
            assertThat(queue.isShutdown()).isTrue();
            assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(queue::claim);
            assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(queue::tryClaim);
            assertThat(receive(other)).isEqualTo(1);
            assertThat(other.tryTake()).as("claimed").isEqualTo(SharedQueue.NONE);
            queue.record(late).set(ValueLayout.JAVA_LONG, 0, 2);
            queue.commit(late);
            assertThat(receive(other)).isEqualTo(2);
            assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(other::take);
            assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(other::tryTake);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aShutdownWakesWhoSleeps(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            List<Waiter> consumers = new ArrayList<>();
            for (int i = 0; i < (kind == SharedQueue.Kind.SPSC ? 1 : 3); i++) {
                consumers.add(Waiter.platform(queue::take));
            }
            queue.shutdown();
            for (Waiter consumer : consumers) {
                assertThat(consumer.thrown()).isInstanceOf(ChannelClosedException.class);
            }
        }
    }

    /// As after a kill, but for the kill.
    @ParameterizedTest
    @EnumSource
    void whoClosesHoldsNothingAnyMore(SharedQueue.Kind kind) throws Exception {
        try (SharedQueue queue = make(kind)) {
            SharedQueue other = SharedQueue.attach(folder.resolve("queue"));
            send(queue, 1);
            assertThat(other.take()).isZero();
            assertThat(other.claim()).isOne();
            other.close();
            other.close();
            assertThat(other).hasToString("SharedQueue[closed]");
            assertThatIllegalStateException().isThrownBy(other::tryTake);
            assertThat(queue.tryTake()).isEqualTo(SharedQueue.NONE);
            for (int i = 0; i < CAPACITY; i++) {
                send(queue, i);
            }
            assertThat(receive(queue)).isZero();
        }
    }

    @Test
    void aDamagedSlotIsNamed() throws Exception {
        try (SharedQueue queue = make(SharedQueue.Kind.MPMC);
                SharedRegion region = SharedRegion.attachTo(folder.resolve("queue"), null)) {
            send(queue, 1);
            long slot = region.layout().offset("queue") + Ring.SLOTS;
            region.segment().set(ValueLayout.JAVA_LONG, slot, -1);
            assertThatExceptionOfType(DamagedException.class)
                    .isThrownBy(queue::tryTake)
                    .withMessage("slot 0 of the queue, at byte " + slot
                            + ", is damaged: at position 0 it is 0xffffffffffffffff");
        }
    }

    /// Claimed, by a number that nobody can have.
    @Test
    void aSlotOfNobodyIsDamaged() throws Exception {
        try (SharedQueue queue = make(SharedQueue.Kind.MPMC);
                SharedRegion region = SharedRegion.attachTo(folder.resolve("queue"), null)) {
            for (long owner : new long[] {0, Members.MOST + 1}) {
                long slot = region.layout().offset("queue") + Ring.SLOTS;
                region.segment().set(ValueLayout.JAVA_LONG, slot, 1L << QueueEnd.OWNER_BITS | owner);
                assertThatExceptionOfType(DamagedException.class).isThrownBy(queue::tryTake);
            }
        }
    }

    /// Who is killed in its sleep stays counted until a wake finds nobody.
    @Test
    void aSleeperThatWasKilledIsForgotten() throws Exception {
        try (SharedQueue queue = make(SharedQueue.Kind.MPMC);
                SharedRegion region = SharedRegion.attachTo(folder.resolve("queue"), null)) {
            long sleepers = region.layout().offset("queue") + Ring.ITEMS + CountedWaits.SLEEPERS;
            region.segment().set(ValueLayout.JAVA_LONG, sleepers, 3);
            send(queue, 1);
            if (Futex.shared().capabilities().contains(Capability.REPORTS_WOKEN_COUNT)) {
                assertThat(region.segment().get(ValueLayout.JAVA_LONG, sleepers))
                        .as("a round further, and nobody")
                        .isEqualTo(1L << Integer.SIZE);
            }
        }
    }

    /// A number that is given away may be another process's by the time at which a thread that waits takes a record.
    @ParameterizedTest
    @EnumSource
    void whoWaitsIsToldThatItsProcessHasLeft(SharedQueue.Kind kind) throws Exception {
        RegionLayout layout =
                RegionLayout.builder().queue("orders", kind, 4, Long.BYTES).build();
        try (SharedRegion region = SharedRegion.create(folder.resolve("region"), layout)) {
            SharedQueue queue = region.queue("orders");
            Waiter consumer = Waiter.platform(queue::take);
            queue.close();
            assertThat(consumer.thrown()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void liesInARegionBesideOthers() throws Exception {
        RegionLayout layout = RegionLayout.builder()
                .mutex("lock")
                .queue("orders", SharedQueue.Kind.MPMC, 4, 100)
                .build();
        assertThat(layout.toString()).contains("192 queue orders MPMC 4 100");
        try (SharedRegion region = SharedRegion.create(folder.resolve("region"), layout)) {
            SharedQueue queue = region.queue("orders");
            queue.commit(queue.claim());
            queue.close();
            assertThat(region.queue("orders")).isSameAs(queue);
            assertThat(queue.size()).isOne();
            assertThatExceptionOfType(RegionFormatException.class)
                    .isThrownBy(() -> SharedQueue.attach(folder.resolve("region")))
                    .withMessageContaining("has no queue `queue`");
        }
    }

    @Test
    void sizesAreChecked() {
        RegionLayout.Builder builder = RegionLayout.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.queue("q", SharedQueue.Kind.SPSC, 0, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.queue("q", SharedQueue.Kind.SPSC, 8, 0));
    }

    /// One more than there is room for, if nobody leaves.
    @Test
    void usersAreCounted() throws Exception {
        try (SharedQueue queue = make(SharedQueue.Kind.MPMC)) {
            List<SharedQueue> others = new ArrayList<>();
            for (int i = 1; i < Members.MOST; i++) {
                others.add(SharedQueue.attach(folder.resolve("queue")));
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> SharedQueue.attach(folder.resolve("queue")))
                    .withMessageContaining("64 users");
            for (SharedQueue other : others) {
                other.close();
            }
            SharedQueue.attach(folder.resolve("queue")).close();
            send(queue, 1);
        }
    }
}
