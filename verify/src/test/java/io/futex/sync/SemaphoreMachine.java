package io.futex.sync;

/// The permits of a semaphore for those who want one at a time, as [Semaphore] hands them out, with the values of
/// [SemaphoreRules].
final class SemaphoreMachine extends PermitMachine {
    private static final int WOKEN_BIT = 1 << 3; // above any number of permits

    private final SemaphoreRules rules;

    SemaphoreMachine(Setup setup, SemaphoreRules rules) {
        super(setup);
        this.rules = rules;
    }

    private int word() {
        return permits | (woken ? SemaphoreRules.WOKEN : 0);
    }

    /// The begin of a step that changes the word.
    private void write(int value) {
        copy();
        nextPermits = SemaphoreRules.count(value);
        nextWoken = (value & SemaphoreRules.WOKEN) != 0;
    }

    private static int remembered(int value) {
        return SemaphoreRules.count(value) | ((value & SemaphoreRules.WOKEN) != 0 ? WOKEN_BIT : 0);
    }

    @Override
    int slept() {
        return remembered(word());
    }

    @Override
    boolean isCounted(Place place) {
        return switch (place) {
            case AWAKE, GOING, ASLEEP, LEAVING, PASSING -> true;
            default -> false;
        };
    }

    @Override
    void begin(int t, char call) {
        if (call != 'a') {
            release(t, call == 'r' ? 1 : 2);
        } else if (permits == 0) {
            step(t, Place.COUNTING, 0);
        } else {
            write(word() - 1);
            succeed(t);
            tell(false);
        }
    }

    private void release(int t, int n) {
        write(word() + n);
        succeed(t);
        boolean relies = rules.elides() && n == 1 && woken;
        move(t, relies ? Place.READY : Place.ASKING, relies ? 0 : n);
        tell(false);
    }

    @Override
    void look(int t) {
        int p = word();
        if (permits > 0) {
            write(rules.takeCounted(p));
            succeed(t);
            move(t, Place.PASSING, rules.passOn(p));
            tell(false);
            return;
        }
        write(rules.sleep(p));
        move(t, Place.GOING, remembered(rules.sleep(p)));
        tell(false);
        if (isTimed(t)) {
            write(rules.giveUp(p));
            fail(t);
            move(t, Place.PASSING, 0);
            tell(true);
        }
    }

    @Override
    void leave(int t) {
        int p = word();
        write(rules.leave(p));
        fail(t);
        move(t, Place.PASSING, rules.leaveTo(p));
        tell(false);
    }

    @Override
    void goOn(int t, Place place, int with) {
        switch (place) {
            case COUNTING -> {
                copy();
                nextCounted++;
                move(t, Place.AWAKE, 0);
                tell(false);
            }
            case PASSING -> {
                copy();
                nextCounted--;
                thenWake(t, counted > 1 ? with : 0);
                tell(false);
            }
            case ASKING -> {
                if (counted != 0 && with == 1 && rules.elides()) {
                    step(t, Place.FLAGGING, 0);
                } else {
                    copy();
                    thenWake(t, counted != 0 ? with : 0);
                    tell(false);
                }
            }
            case FLAGGING -> {
                if (permits == 0 || woken) {
                    step(t, Place.READY, 0);
                } else {
                    write(word() | SemaphoreRules.WOKEN);
                    move(t, Place.WAKING, 1);
                    tell(false);
                }
            }
            default -> throw new AssertionError(place);
        }
    }
}
