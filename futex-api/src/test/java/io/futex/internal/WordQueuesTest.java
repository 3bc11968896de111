package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Seed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The queues of a bucket against those of a map.
@ExtendWith(Seed.class)
class WordQueuesTest {
    /// @param words few, so that queues are long, and many, so that the tree is deep
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 1_000})
    void keepsEachWordsWaitersInTheirOrder(int words) {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int stride : new int[] {4, 64, 4096}) {
            WordQueues queues = new WordQueues();
            Map<Long, Deque<WaitNode>> expected = new TreeMap<>();
            List<WaitNode> queued = new ArrayList<>();
            List<WaitNode> idle = new ArrayList<>();
            for (int step = 0; step < 20_000; step++) {
                boolean grows = step / 2_000 % 2 == 0;
                if (random.nextInt(3) < (grows ? 2 : 1)) {
                    WaitNode node =
                            idle.isEmpty() ? new WaitNode(new ParkedWaiter(Thread.currentThread())) : idle.removeLast();
                    node.address = 0x7000_0000L + (long) stride * random.nextInt(words);
                    queues.append(node);
                    queued.add(node);
                    expected.computeIfAbsent(node.address, unused -> new ArrayDeque<>())
                            .add(node);
                } else if (!queued.isEmpty()) {
                    WaitNode node = queued.remove(random.nextInt(queued.size()));
                    queues.remove(node);
                    idle.add(node);
                    assertThat(expected.get(node.address).remove(node)).isTrue();
                }
                if (step % 100 == 0) {
                    assertSame(queues, expected);
                }
            }
            queued.forEach(queues::remove);
            expected.values().forEach(Deque::clear);
            assertSame(queues, expected);
        }
    }

    private static void assertSame(WordQueues queues, Map<Long, Deque<WaitNode>> expected) {
        expected.forEach((address, deque) -> {
            WaitNode node = queues.first(address);
            WaitNode before = null;
            for (WaitNode each : deque) {
                assertThat(node).isSameAs(each);
                assertThat(node.previous).isSameAs(before);
                before = node;
                node = node.next;
            }
            assertThat(node).isNull();
        });
    }
}
