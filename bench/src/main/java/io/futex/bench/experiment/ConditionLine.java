package io.futex.bench.experiment;

import io.futex.sync.PMutex;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/// Both ends look at a plain field under a lock, and wait for its condition.
final class ConditionLine implements Line {
    /// What both ends share.
    static final class Field {
        private final Lock lock;
        private final Condition changed;

        /// Guarded by the lock.
        private int value = PONG;

        private Field(Lock lock) {
            this.lock = lock;
            this.changed = lock.newCondition();
        }
    }

    private final Field field;
    private int last = PONG;

    ConditionLine(Field field) {
        this.field = field;
    }

    /// Whether there is such a kind.
    static boolean knows(String kind) {
        return kind.endsWith("condition");
    }

    static Field field(String kind) {
        return switch (kind) {
            case "condition" -> new Field(new PMutex());
            case "jdk-condition" -> new Field(new ReentrantLock());
            default -> throw new IllegalArgumentException("no hand-over " + kind);
        };
    }

    @Override
    public void send(int message) {
        last = message;
        field.lock.lock();
        try {
            field.value = message;
            field.changed.signal();
        } finally {
            field.lock.unlock();
        }
    }

    @Override
    public int receive() throws InterruptedException {
        field.lock.lock();
        try {
            while (field.value == last) {
                field.changed.await();
            }
            return field.value;
        } finally {
            field.lock.unlock();
        }
    }
}
