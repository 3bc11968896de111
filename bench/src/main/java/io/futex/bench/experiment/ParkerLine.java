package io.futex.bench.experiment;

import io.futex.sync.Parker;

/// [ParkLine] with the library's [Parker] in the place of `LockSupport`.
final class ParkerLine implements Line {
    /// What both ends share.
    static final class Field {
        private volatile int value = PONG;
    }

    private final Field field;
    private final Parker own;
    private final Parker other;
    private int last = PONG;

    /// @param own of the thread at this end
    /// @param other of the thread at the other end
    ParkerLine(Field field, Parker own, Parker other) {
        this.field = field;
        this.own = own;
        this.other = other;
    }

    @Override
    public void send(int message) {
        last = message;
        field.value = message;
        other.unpark();
    }

    @Override
    public int receive() {
        int message;
        while ((message = field.value) == last) {
            own.park();
        }
        return message;
    }
}
