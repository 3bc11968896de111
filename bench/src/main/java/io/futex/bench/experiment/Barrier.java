package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;

/// Holds threads until it is released; used round after round.
interface Barrier {
    /// Before the first thread of a round comes.
    void prepare();

    void await() throws InterruptedException;

    void release();

    static Barrier named(String kind) {
        return switch (kind) {
            case "word" -> new Word();
            case "wait-group" -> new Group();
            case "latch" -> new Latch();
            case "phaser" -> new Phases();
            default -> throw new IllegalArgumentException("no barrier " + kind);
        };
    }

    /// The bare word: 1 while closed.
    final class Word implements Barrier {
        private final FutexWord word = FutexWord.local(0);

        @Override
        public void prepare() {
            word.set(1);
        }

        @Override
        public void await() throws InterruptedException {
            while (word.get() == 1) {
                word.await(1);
            }
        }

        @Override
        public void release() {
            word.set(0);
            word.wakeAll();
        }
    }

    /// A group of one task.
    final class Group implements Barrier {
        private final WaitGroup group = new WaitGroup();

        @Override
        public void prepare() {
            group.add(1);
        }

        @Override
        public void await() throws InterruptedException {
            group.await();
        }

        @Override
        public void release() {
            group.done();
        }
    }

    /// A fresh latch each round, since it opens only once.
    final class Latch implements Barrier {
        private volatile CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void prepare() {
            latch = new CountDownLatch(1);
        }

        @Override
        public void await() throws InterruptedException {
            latch.await();
        }

        @Override
        public void release() {
            latch.countDown();
        }
    }

    /// One party arrives, the others await the advance.
    final class Phases implements Barrier {
        private final Phaser phaser = new Phaser(1);
        private volatile int phase;

        @Override
        public void prepare() {
            phase = phaser.getPhase();
        }

        @Override
        public void await() throws InterruptedException {
            var unused = phaser.awaitAdvanceInterruptibly(phase);
        }

        @Override
        public void release() {
            var unused = phaser.arrive();
        }
    }
}
