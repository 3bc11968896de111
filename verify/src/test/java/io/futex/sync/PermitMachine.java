package io.futex.sync;

import java.util.Arrays;
import java.util.List;

/// What [SemaphoreMachine] and [EventMachine] have in common: a number of permits, a number of counted threads, a flag
/// for a woken one, and threads that each follow a script.
///
/// The new values come from the library's own rules, or from those with a mistake planted in them. Whatever the clock
/// decides may happen at any time. Each of the sleepers may be the one that a wake takes, and any may wake up by
/// itself. A wake of several takes them one by one, as the list of parked threads does.
///
/// A state is a `long`: 7 bits of memory, and 11 for each of up to five threads. Threads with the same script are
/// interchangeable, so a state stands for all its permutations.
abstract class PermitMachine implements Machine {
    /// Where a thread is. Each but the first two is in the middle of a call.
    enum Place {
        /// About to begin the next call of its script.
        READY,
        /// Has found no permit, and will count itself.
        COUNTING,
        /// Counted, and about to look.
        AWAKE,
        /// Counted, and about to enter the kernel, which compares the word with the value that comes with it.
        GOING,
        /// Counted, and in the kernel's queue.
        ASLEEP,
        /// Counted, interrupted: must give up.
        LEAVING,
        /// Counted no longer after the next step; then it wakes so many.
        PASSING,
        /// Has to wake so many.
        WAKING,
        /// Has released so many, and will ask whether anybody waits.
        ASKING,
        /// Somebody waits for what it has released.
        FLAGGING
    }

    private static final Place[] PLACES = Place.values();
    private static final int WITH_BITS = 4;
    private static final int PLACE_BITS = 4;
    private static final int CALL_BITS = 3;
    private static final int THREAD_BITS = WITH_BITS + PLACE_BITS + CALL_BITS;

    private static final int NUMBER_BITS = 3;
    private static final int MEMORY_BITS = 2 * NUMBER_BITS + 1;
    private static final int MAX = (1 << NUMBER_BITS) - 1;

    /// What is checked.
    ///
    /// @param scripts of each thread: `a` acquires, `r` releases one, `R` two; equal ones side by side
    /// @param timed how many threads, the first ones, may give up at any time; they then skip the rest of their script
    /// @param permits how many there are at first
    /// @param left how many there must be at the end; -1 if nothing is promised but that nobody sleeps beside a permit
    record Setup(List<String> scripts, int timed, int permits, int left) {
        private static final int OPEN = -1;

        /// One permit, or as many, that go round.
        static Setup sections(int permits, int timed, String... scripts) {
            return new Setup(List.of(scripts), timed, permits, permits);
        }

        /// Some take and some give, and there may not be enough for all.
        static Setup open(int permits, int timed, String... scripts) {
            return new Setup(List.of(scripts), timed, permits, OPEN);
        }
    }

    /// One thread; all of them are overwritten by each look at a state.
    private static final class Actor {
        Place place = Place.READY;
        int with;
        int call;

        void set(Actor other) {
            place = other.place;
            with = other.with;
            call = other.call;
        }
    }

    private final Setup setup;
    private final Actor[] now;
    private final Actor[] then;
    private final long[] codes;
    private Steps steps = (state, rescue) -> {};

    // Memory now, and then.
    int permits;
    int counted;
    boolean woken;
    int nextPermits;
    int nextCounted;
    boolean nextWoken;

    PermitMachine(Setup setup) {
        this.setup = setup;
        now = actors();
        then = actors();
        codes = new long[now.length];
    }

    private Actor[] actors() {
        Actor[] actors = new Actor[setup.scripts().size()];
        Arrays.setAll(actors, t -> new Actor());
        return actors;
    }

    // ---- what differs

    /// Begins a call by thread `t`, which is at rest.
    abstract void begin(int t, char call);

    /// Goes on from [Place#AWAKE].
    abstract void look(int t);

    /// Goes on from [Place#LEAVING].
    abstract void leave(int t);

    /// Goes on from any other place in the middle of a call.
    abstract void goOn(int t, Place place, int with);

    /// The word on which threads sleep, as [Place#GOING] remembers it.
    abstract int slept();

    /// Which places are counted.
    abstract boolean isCounted(Place place);

    // ---- steps, for the subclasses; each begins with one of these two

    /// A step of thread `t` that leaves memory as it is.
    final void step(int t, Place place, int with) {
        copy();
        move(t, place, with);
        tell(false);
    }

    /// The begin of a step of thread `t` that changes memory, to be ended by [#tell].
    final void copy() {
        for (int t = 0; t < now.length; t++) {
            then[t].set(now[t]);
        }
        nextPermits = permits;
        nextCounted = counted;
        nextWoken = woken;
    }

    final void move(int t, Place place, int with) {
        then[t].place = place;
        then[t].with = with;
    }

    /// The call will end as it should, whatever it still has to do.
    final void succeed(int t) {
        then[t].call++;
    }

    /// The call will end in vain, whatever it still has to do, and the script with it.
    final void fail(int t) {
        then[t].call = setup.scripts().get(t).length();
    }

    final void tell(boolean rescue) {
        steps.step(encode(), rescue);
    }

    /// Whether its waits may end by time or interrupt.
    final boolean isTimed(int t) {
        return t < setup.timed();
    }

    /// To [Place#WAKING], or to rest if there is nobody to wake.
    final void thenWake(int t, int count) {
        move(t, count > 0 ? Place.WAKING : Place.READY, Math.max(count, 0));
    }

    // ---- the machine

    @Override
    public long initial() {
        for (Actor actor : then) {
            move(actor);
        }
        nextPermits = setup.permits();
        nextCounted = 0;
        nextWoken = false;
        return encode();
    }

    private static void move(Actor actor) {
        actor.place = Place.READY;
        actor.with = 0;
        actor.call = 0;
    }

    /// Whether all scripts are over; if there may be too few permits, those who want one may also sleep.
    @Override
    public boolean isDone(long state) {
        decode(state);
        boolean none = setup.left() == Setup.OPEN && permits == 0;
        for (int t = 0; t < now.length; t++) {
            boolean over = now[t].place == Place.READY
                    && now[t].call == setup.scripts().get(t).length();
            if (!over && !(none && now[t].place == Place.ASLEEP)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String fault(long state) {
        decode(state);
        int count = 0;
        for (Actor actor : now) {
            count += isCounted(actor.place) ? 1 : 0;
        }
        if (count != counted) {
            return "the number of waiters is wrong";
        }
        if (setup.left() != Setup.OPEN && permits != setup.left() && isDone(state)) {
            return "permits are lost or made";
        }
        return null;
    }

    @Override
    public void expand(long state, Steps told) {
        steps = told;
        decode(state);
        for (int t = 0; t < now.length; t++) {
            switch (now[t].place) {
                case READY -> begin(t);
                case AWAKE -> {
                    look(t);
                    interrupt(t);
                }
                case GOING -> {
                    step(t, now[t].with == slept() ? Place.ASLEEP : Place.AWAKE, 0);
                    interrupt(t);
                }
                case ASLEEP -> {
                    copy();
                    move(t, Place.AWAKE, 0); // a spurious return, or a timeout
                    tell(true);
                    interrupt(t);
                }
                case LEAVING -> leave(t);
                case WAKING -> wake(t);
                default -> goOn(t, now[t].place, now[t].with);
            }
        }
    }

    private void begin(int t) {
        String script = setup.scripts().get(t);
        int call = now[t].call;
        if (call == script.length()) {
            return;
        }
        begin(t, script.charAt(call));
        if (isTimed(t) && script.charAt(call) == 'a') {
            copy();
            fail(t); // by time or interrupt before it was counted, or a try
            tell(true);
        }
    }

    private void interrupt(int t) {
        if (isTimed(t)) {
            copy();
            move(t, Place.LEAVING, 0);
            tell(true);
        }
    }

    private void wake(int t) {
        boolean nobody = true;
        for (int sleeper = 0; sleeper < now.length; sleeper++) {
            if (now[sleeper].place == Place.ASLEEP) {
                nobody = false;
                copy();
                move(sleeper, Place.AWAKE, 0);
                thenWake(t, now[t].with - 1);
                tell(false);
            }
        }
        if (nobody) {
            step(t, Place.READY, 0);
        }
    }

    // ---- states

    private long encode() {
        if (nextPermits > MAX || nextCounted > MAX) {
            throw new IllegalStateException("more permits than a state has room for");
        }
        for (int t = 0; t < then.length; t++) {
            Actor actor = then[t];
            @SuppressWarnings("EnumOrdinal") // undone by decode
            long place = actor.place.ordinal();
            codes[t] = ((((long) actor.call << PLACE_BITS) | place) << WITH_BITS) | actor.with;
        }
        int from = 0;
        for (int t = 1; t <= then.length; t++) {
            boolean alike = t < then.length
                    && setup.scripts().get(t).equals(setup.scripts().get(from))
                    && isTimed(t) == isTimed(from);
            if (!alike) {
                Arrays.sort(codes, from, t);
                from = t;
            }
        }
        long state = 0;
        for (int t = then.length - 1; t >= 0; t--) {
            state = (state << THREAD_BITS) | codes[t];
        }
        // A number below zero, by a planted mistake, is cut off: fault() sees it all the same.
        int memory = ((nextPermits & MAX) << NUMBER_BITS) | (nextCounted & MAX);
        return (state << MEMORY_BITS) | ((long) memory << 1) | (nextWoken ? 1 : 0);
    }

    private void decode(long state) {
        woken = (state & 1) != 0;
        counted = (int) (state >>> 1) & MAX;
        permits = (int) (state >>> (1 + NUMBER_BITS)) & MAX;
        long rest = state >>> MEMORY_BITS;
        for (Actor actor : now) {
            actor.with = (int) rest & ((1 << WITH_BITS) - 1);
            actor.place = PLACES[(int) (rest >>> WITH_BITS) & ((1 << PLACE_BITS) - 1)];
            actor.call = (int) (rest >>> (WITH_BITS + PLACE_BITS)) & ((1 << CALL_BITS) - 1);
            rest >>>= THREAD_BITS;
        }
    }

    @Override
    public String describe(long state) {
        decode(state);
        StringBuilder text = new StringBuilder();
        text.append(woken ? 'W' : '-')
                .append(permits)
                .append(" permits ")
                .append(counted)
                .append(" counted");
        for (int t = 0; t < now.length; t++) {
            text.append(isTimed(t) ? "  timed " : "  ")
                    .append(setup.scripts().get(t).substring(now[t].call))
                    .append(':')
                    .append(now[t].place)
                    .append(now[t].with == 0 ? "" : " " + now[t].with);
        }
        return text.toString();
    }
}
