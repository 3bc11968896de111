package io.futex.sync;

/// The passes of an auto-reset event, as [Event] hands them out, with the values of [EventRules]. Two letters of the
/// script have another name here: `a` awaits, and `r` sets.
final class EventMachine extends PermitMachine {
    private static final int WOKEN_BIT = 1 << 3;

    private final EventRules rules;

    EventMachine(Setup setup, EventRules rules) {
        super(setup);
        this.rules = rules;
    }

    private int word() {
        return permits | (counted * EventRules.SLEEPER) | (woken ? EventRules.WOKEN : 0);
    }

    /// The begin of a step that changes the word.
    private void write(int value) {
        copy();
        nextPermits = EventRules.passes(value);
        nextCounted = EventRules.sleepers(value);
        nextWoken = (value & EventRules.WOKEN) != 0;
    }

    /// Nobody sleeps on a word with passes.
    private static int remembered(int value) {
        return EventRules.sleepers(value) | ((value & EventRules.WOKEN) != 0 ? WOKEN_BIT : 0);
    }

    @Override
    int slept() {
        return permits != 0 ? -1 : remembered(word());
    }

    @Override
    boolean isCounted(Place place) {
        return switch (place) {
            case AWAKE, GOING, ASLEEP, LEAVING -> true;
            default -> false;
        };
    }

    @Override
    void begin(int t, char call) {
        int s = word();
        if (call != 'a') {
            write(rules.set(s));
            succeed(t);
            thenWake(t, rules.mustWake(s) ? 1 : 0);
        } else if (permits != 0) {
            write(s - 1);
            succeed(t);
        } else {
            write(rules.announce(s));
            move(t, Place.GOING, remembered(rules.announce(s)));
        }
        tell(false);
    }

    @Override
    void look(int t) {
        int s = word();
        if (permits != 0) {
            int left = rules.takeWoken(s, EventRules.SLEEPER);
            write(left);
            succeed(t);
            thenWake(t, rules.passOn(s, left));
            tell(false);
            return;
        }
        write(rules.sleep(s));
        move(t, Place.GOING, remembered(rules.sleep(s)));
        tell(false);
        if (isTimed(t)) {
            write(rules.giveUp(s, EventRules.SLEEPER));
            fail(t);
            move(t, Place.READY, 0);
            tell(true);
        }
    }

    @Override
    void leave(int t) {
        int left = rules.leave(word(), EventRules.SLEEPER);
        write(left);
        fail(t);
        thenWake(t, rules.leaveTo(left));
        tell(false);
    }

    @Override
    public String fault(long state) {
        return isDone(state) && woken ? "the flag is left" : super.fault(state);
    }

    @Override
    void goOn(int t, Place place, int with) {
        throw new AssertionError(place);
    }
}
