package io.futex.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SynchronizersTest {
    @Test
    void connectionLimit() throws InterruptedException {
        assertThat(ConnectionLimit.run(200, 3)).isBetween(1, 3);
    }

    @Test
    void startingGun() throws InterruptedException {
        assertThat(StartingGun.run(20)).isEqualTo(20);
    }

    @Test
    void lazySettings() throws InterruptedException {
        LazySettings settings = new LazySettings();
        Thread other = Thread.ofPlatform().start(() -> settings.get("size"));
        assertThat(settings.get("colour")).isEqualTo("green");
        other.join();
        assertThat(settings.loads()).isEqualTo(1);
    }

    @Test
    void mailbox() {
        assertThat(Mailbox.sum(1000)).isEqualTo(499_500);
    }

    @Test
    void workQueue() throws InterruptedException {
        assertThat(WorkQueue.primesBelow(1000, 3)).isEqualTo(168);
    }

    /// Four generations move a glider by one row and one column.
    @Test
    void gameOfLife() throws InterruptedException {
        GameOfLife game = new GameOfLife(".#....\n..#...\n###...\n......\n......\n", 3);
        game.play(4);
        assertThat(game).hasToString("......\n..#...\n...#..\n.###..\n......\n");
        game.play(4 * 29); // the edges are joined: 5 rows, 6 columns
        assertThat(game).hasToString(".#....\n..#...\n###...\n......\n......\n");
    }

    @Test
    void ownRing() throws InterruptedException {
        OwnRing ring = new OwnRing();
        int count = 100_000;
        Thread producer = Thread.ofPlatform().start(() -> {
            for (int number = 1; number <= count; number++) {
                while (!ring.offer(number)) {
                    Thread.onSpinWait();
                }
            }
        });
        for (int number = 1; number <= count; number++) {
            assertThat(ring.take()).isEqualTo(number);
        }
        producer.join();
    }
}
