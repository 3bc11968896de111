package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ThreadMeters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Who is claimed by which wake. The threads are never started: nobody sleeps here.
class BucketTest {
    private final MemorySegment words = Arena.ofAuto().allocate(128, 128);
    private final Bucket bucket = new Bucket();
    private final Bucket other = new Bucket();

    /// A waiter is not its node.
    @Test
    void aWaiterInTwoQueuesIsClaimedOnce() {
        ParkedWaiter both = waiter(false);
        WaitNode here = new WaitNode(both);
        WaitNode there = new WaitNode(both);
        WaitNode alsoHere = new WaitNode(both);
        both.await();
        assertThat(bucket.append(here, words, 0, 0, false)).isTrue();
        assertThat(other.append(there, words, 64, 0, false)).isTrue();
        assertThat(bucket.append(alsoHere, words, 4, 0, false)).isTrue();
        ParkedWaiter next = waiter(false);
        WaitNode behind = queue(next, other, 64);

        assertThat(bucket.wake(address(0), 1, false)).isEqualTo(1);
        assertThat(here.queued).isFalse();
        assertThat(bucket.wake(address(4), 9, false)).isZero();
        assertThat(other.wake(address(64), 1, false))
                .as("the next one takes it")
                .isEqualTo(1);
        assertThat(behind.queued).isFalse();
        assertThat(next.isWoken()).isTrue();
        assertThat(both.giveUp()).isFalse();
        assertThat(both.isWoken()).isTrue();
        assertThat(both.isWoken()).as("once").isFalse();

        other.remove(there);
        bucket.remove(alsoHere);
        bucket.remove(here); // is out already
        assertThat(other.wake(address(64), 9, false)).isZero();
    }

    @Test
    void whoHasGivenUpInOneQueueIsClaimedInNone() {
        ParkedWaiter both = waiter(true);
        WaitNode here = new WaitNode(both);
        WaitNode there = new WaitNode(both);
        both.await();
        assertThat(bucket.append(here, words, 0, 0, false)).isTrue();
        assertThat(other.append(there, words, 64, 0, false)).isTrue();
        assertThat(both.giveUp()).isTrue();
        assertThat(bucket.wake(address(0), 1, false)).isZero();
        assertThat(other.wake(address(64), 1, true)).isZero();
        bucket.remove(here);
        other.remove(there);
        assertThat(both.isWoken()).isFalse();
    }

    @Test
    void wakesInTheOrderOfArrivalWhateverTheKind() {
        List<ParkedWaiter> waiters = new ArrayList<>();
        for (boolean virtual : new boolean[] {true, false, false, true, true, false}) {
            waiters.add(waiter(virtual));
            WaitNode unused = queue(waiters.getLast(), bucket, 0);
        }
        for (ParkedWaiter waiter : waiters) {
            assertThat(bucket.wake(address(0), 1, false)).isEqualTo(1);
            assertThat(waiter.isWoken()).isTrue();
        }
        assertThat(bucket.wake(address(0), 1, false)).isZero();
    }

    @Test
    void mayWakePlatformThreadsFirst() {
        ParkedWaiter v1 = queued(true);
        ParkedWaiter p1 = queued(false);
        ParkedWaiter v2 = queued(true);
        ParkedWaiter p2 = queued(false);
        assertThat(bucket.wake(address(0), 1, true)).isEqualTo(1);
        assertThat(woken(v1, p1, v2, p2)).containsExactly(p1);
        assertThat(bucket.wake(address(0), 2, true)).isEqualTo(2);
        assertThat(woken(v1, p2, v2)).containsExactlyInAnyOrder(p2, v1);
        assertThat(bucket.wake(address(0), Integer.MAX_VALUE, true)).isEqualTo(1);
        assertThat(v2.isWoken()).isTrue();
    }

    /// A virtual thread gets its turn in addition: the platform thread is woken all the same.
    @Test
    void passesVirtualThreadsOverForAWhileOnly() {
        ParkedWaiter virtual = queued(true);
        for (int i = 1; i < Bucket.MOST_PASSES; i++) {
            ParkedWaiter platform = queued(false);
            assertThat(bucket.wake(address(0), 1, true)).isEqualTo(1);
            assertThat(platform.isWoken()).isTrue();
            // what happens to other words of the bucket does not count
            ParkedWaiter elsewhere = waiter(false);
            WaitNode unused = queue(elsewhere, bucket, 64);
            assertThat(bucket.wake(address(64), 1, true)).isEqualTo(1);
        }
        ParkedWaiter platform = queued(false);
        assertThat(virtual.isWoken()).isFalse();
        assertThat(bucket.wake(address(0), 1, true)).isEqualTo(2);
        assertThat(platform.isWoken()).isTrue();
        assertThat(virtual.isWoken()).isTrue();
    }

    /// However many sleepers there are of another word, or of as many other words.
    @Test
    void aWakeDoesNotWalkOverSleepersOfOtherWords() {
        int sleepers = 200_000;
        int wakes = 2_000;
        MemorySegment many = Arena.ofAuto().allocate(4L * sleepers, 4);
        for (int i = 0; i < sleepers; i++) {
            ParkedWaiter one = waiter(true);
            WaitNode unused = queue(one, bucket, 0);
            ParkedWaiter each = waiter(true);
            each.await();
            assertThat(bucket.append(new WaitNode(each), many, 4L * i, 0, false))
                    .isTrue();
        }
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3; attempt++) {
            long start = ThreadMeters.cpuNanos(Thread.currentThread());
            for (int i = 0; i < wakes; i++) {
                ParkedWaiter waiter = waiter(false);
                WaitNode unused = queue(waiter, bucket, 64);
                assertThat(bucket.wake(address(64), Integer.MAX_VALUE, false)).isEqualTo(1);
            }
            least = Math.min(least, ThreadMeters.cpuNanos(Thread.currentThread()) - start);
        }
        // A walk over all of them takes a millisecond and more.
        assertThat(least / wakes).as("nanoseconds of a wake").isLessThan(100_000);
    }

    // ---- helpers

    private ParkedWaiter queued(boolean virtual) {
        ParkedWaiter waiter = waiter(virtual);
        WaitNode unused = queue(waiter, bucket, 0);
        return waiter;
    }

    private WaitNode queue(ParkedWaiter waiter, Bucket bucket, long offset) {
        WaitNode node = new WaitNode(waiter);
        waiter.await();
        assertThat(bucket.append(node, words, offset, 0, false)).isTrue();
        return node;
    }

    private static List<ParkedWaiter> woken(ParkedWaiter... waiters) {
        return Arrays.stream(waiters).filter(ParkedWaiter::isWoken).toList();
    }

    private static ParkedWaiter waiter(boolean virtual) {
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
        return new ParkedWaiter(builder.unstarted(() -> {}));
    }

    private long address(long offset) {
        return words.address() + offset;
    }
}
