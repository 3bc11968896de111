package io.futex.bench.experiment;

import java.util.concurrent.locks.LockSupport;

/// Both ends look at one field and park; the counterpart of [WordLine] in `java.util.concurrent`.
final class ParkLine implements Line {
    /// What both ends share.
    static final class Field {
        private volatile int value = PONG;
    }

    private final Field field;
    private final Thread other;
    private int last = PONG;

    /// @param other the thread at the other end
    ParkLine(Field field, Thread other) {
        this.field = field;
        this.other = other;
    }

    @Override
    public void send(int message) {
        last = message;
        field.value = message;
        LockSupport.unpark(other);
    }

    @Override
    public int receive() {
        int message;
        while ((message = field.value) == last) {
            LockSupport.park();
        }
        return message;
    }
}
