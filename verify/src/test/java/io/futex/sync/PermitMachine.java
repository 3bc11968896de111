package io.futex.sync;

import java.util.Arrays;
import java.util.List;

/// The permits of a semaphore or an auto-reset event for those who want one at a time, and threads that each follow a
/// script.
///
/// The new values come from the library's own rules, or from those with a mistake planted in them. A look and the
/// compare-and-set after it are one step, for if the state was another in between, the thread looks again. Whatever the
/// clock decides may happen at any time. Each of the sleepers may be the one that a wake takes, and any may wake up by
/// itself. A wake of several takes them one by one, as the list of parked threads does.
///
/// Among the threads may be virtual ones, which have no carrier once they have been woken: it is luck if such a one
/// ever runs again. Platform threads are woken first then.
///
/// A state is a `long`: 7 bits of memory, and 11 for each of up to five threads. Threads with the same script are
/// interchangeable, so a state stands for all its permutations.
final class PermitMachine implements Machine {
    /// Where a thread is. All but the first and the last are counted.
    enum Place {
        /// About to begin the next call of its script.
        READY,
        /// About to look.
        AWAKE,
        /// As that, but of a virtual thread, which has no carrier.
        WOKEN,
        /// About to enter the kernel, which compares the word with the value that comes with it.
        GOING,
        /// In the kernel's queue.
        ASLEEP,
        /// Its time is over, or it was interrupted: must give up.
        LEAVING,
        /// Has to wake so many.
        WAKING
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
    /// @param scripts of each thread: `a` acquires, `r` releases one, `R` two; after a `v` it is of a virtual thread;
    ///     equal ones side by side
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

        boolean isVirtual(int t) {
            return scripts.get(t).startsWith("v");
        }

        String script(int t) {
            return scripts.get(t).substring(isVirtual(t) ? 1 : 0);
        }
    }

    /// One thread; all of them are overwritten by each look at a state.
    private static final class Actor {
        Place place = Place.READY;
        int with;
        int call;

        void set(Place place, int with, int call) {
            this.place = place;
            this.with = with;
            this.call = call;
        }
    }

    private final Setup setup;
    private final PermitRules rules;
    private final boolean platformFirst;
    private final Actor[] now;
    private final Actor[] then;
    private final long[] codes;
    private Steps steps = (state, rescue) -> {};

    // Memory now, and then.
    private long word;
    private long nextWord;

    PermitMachine(Setup setup, PermitRules rules) {
        this(setup, rules, true);
    }

    /// @param platformFirst whether wakes are for platform threads as long as there are some
    PermitMachine(Setup setup, PermitRules rules, boolean platformFirst) {
        this.setup = setup;
        this.rules = rules;
        this.platformFirst = platformFirst;
        now = actors();
        then = actors();
        codes = new long[now.length];
    }

    private Actor[] actors() {
        Actor[] actors = new Actor[setup.scripts().size()];
        Arrays.setAll(actors, t -> new Actor());
        return actors;
    }

    // ---- steps

    /// A step of thread `t`, by which its call goes on.
    private void step(int t, long value, Place place, int with, boolean rescue) {
        begin(value);
        then[t].set(place, with, now[t].call);
        steps.step(encode(), rescue);
    }

    /// The last step of a call, but for its wakes.
    private void end(int t, long value, int wakes, boolean enough, boolean rescue) {
        begin(value);
        then[t].set(
                wakes == 0 ? Place.READY : Place.WAKING,
                wakes,
                enough ? now[t].call + 1 : setup.script(t).length());
        steps.step(encode(), rescue);
    }

    private void begin(long value) {
        for (int t = 0; t < now.length; t++) {
            then[t].set(now[t].place, now[t].with, now[t].call);
        }
        nextWord = value;
    }

    /// Whether its waits may end by time or interrupt.
    private boolean isTimed(int t) {
        return t < setup.timed();
    }

    @Override
    public void expand(long state, Steps told) {
        steps = told;
        decode(state);
        for (int t = 0; t < now.length; t++) {
            switch (now[t].place) {
                case READY -> call(t);
                case AWAKE -> look(t, false);
                case WOKEN -> look(t, true);
                case GOING -> {
                    step(t, word, now[t].with == slept(word) ? Place.ASLEEP : Place.AWAKE, 0, false);
                    interrupt(t);
                }
                case ASLEEP -> {
                    step(t, word, Place.AWAKE, 0, true); // a spurious return, or a timeout
                    interrupt(t);
                }
                case LEAVING -> {
                    long next = rules.leave(word, 1);
                    end(t, next, rules.passOn(word, next, false), false, false);
                }
                case WAKING -> wake(t);
            }
        }
    }

    private void call(int t) {
        String script = setup.script(t);
        int call = now[t].call;
        if (call == script.length()) {
            return;
        }
        switch (script.charAt(call)) {
            case 'a' -> {
                if (PermitRules.permits(word) != 0) {
                    end(t, rules.enter(word, 0), 0, true, false);
                } else {
                    goToSleep(t, rules.announce(word, 0), false);
                }
                if (isTimed(t)) {
                    end(t, word, 0, false, true); // by time or interrupt before it was counted, or a try
                }
            }
            case 'r' -> give(t, 1);
            default -> give(t, 2);
        }
    }

    private void give(int t, int n) {
        end(t, rules.add(word, n), rules.mustWake(word, n), true, false);
    }

    private void look(int t, boolean luck) {
        if (PermitRules.permits(word) != 0) {
            long next = rules.enter(word, 1);
            end(t, next, rules.passOn(word, next, true), true, luck);
        } else {
            goToSleep(t, rules.announce(word, 1), luck);
        }
        interrupt(t);
    }

    private void goToSleep(int t, long value, boolean luck) {
        step(t, value, Place.GOING, slept(value), luck);
    }

    private void interrupt(int t) {
        if (isTimed(t)) {
            step(t, word, Place.LEAVING, 0, true);
        }
    }

    private void wake(int t) {
        boolean platform = platformFirst && isAnyAsleep(false);
        if (!platform && !isAnyAsleep(true)) {
            step(t, word, Place.READY, 0, false);
            return;
        }
        int left = now[t].with - 1;
        for (int sleeper = 0; sleeper < now.length; sleeper++) {
            if (now[sleeper].place == Place.ASLEEP && !(platform && setup.isVirtual(sleeper))) {
                begin(word);
                then[sleeper].place = setup.isVirtual(sleeper) ? Place.WOKEN : Place.AWAKE;
                then[t].set(left == 0 ? Place.READY : Place.WAKING, left, now[t].call);
                steps.step(encode(), false);
            }
        }
    }

    private boolean isAnyAsleep(boolean virtualToo) {
        for (int t = 0; t < now.length; t++) {
            if (now[t].place == Place.ASLEEP && (virtualToo || !setup.isVirtual(t))) {
                return true;
            }
        }
        return false;
    }

    /// What is left of the low half where there are no permits; nobody sleeps on any.
    private static int slept(long value) {
        return PermitRules.permits(value) != 0 ? 2 : (value & PermitRules.WOKEN) != 0 ? 1 : 0;
    }

    // ---- what is checked

    /// Whether all scripts are over; if there may be too few permits, those who want one may also sleep. Virtual
    /// threads without a carrier are out of the game, and so are others that would need it: but for one it is to no
    /// avail.
    @Override
    public boolean isDone(long state) {
        decode(state);
        boolean none = setup.left() == Setup.OPEN && PermitRules.permits(word) == 0;
        boolean noCarrier = false;
        for (Actor actor : now) {
            noCarrier |= actor.place == Place.WOKEN;
        }
        for (int t = 0; t < now.length; t++) {
            boolean done = switch (now[t].place) {
                case READY -> now[t].call == setup.script(t).length();
                case ASLEEP -> none || (noCarrier && setup.isVirtual(t));
                case WOKEN -> true;
                default -> false;
            };
            if (!done) {
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
            count += actor.place != Place.READY && actor.place != Place.WAKING ? 1 : 0;
        }
        if (count != PermitRules.sleepers(word)) {
            return "the number of waiters is wrong";
        }
        if (rules.isCapped() && PermitRules.permits(word) > count + 1) {
            return "too many passages are kept";
        }
        if (setup.left() != Setup.OPEN && PermitRules.permits(word) != setup.left() && isDone(state)) {
            return "permits are lost or made";
        }
        if (count == 0 && (word & PermitRules.WOKEN) != 0) {
            return "the flag is left";
        }
        return null;
    }

    // ---- states

    @Override
    public long initial() {
        for (Actor actor : then) {
            actor.set(Place.READY, 0, 0);
        }
        nextWord = setup.permits();
        return encode();
    }

    private long encode() {
        int permits = PermitRules.permits(nextWord);
        int counted = PermitRules.sleepers(nextWord);
        if (permits > MAX || counted > MAX) {
            throw new IllegalStateException("more than a state has room for: " + permits + ", " + counted);
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
        int memory = (permits << NUMBER_BITS) | counted;
        return (state << MEMORY_BITS) | ((long) memory << 1) | ((nextWord & PermitRules.WOKEN) != 0 ? 1 : 0);
    }

    private void decode(long state) {
        long counted = (state >>> 1) & MAX;
        long permits = (state >>> (1 + NUMBER_BITS)) & MAX;
        word = permits | counted * PermitRules.SLEEPER | ((state & 1) != 0 ? PermitRules.WOKEN : 0);
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
        text.append((word & PermitRules.WOKEN) != 0 ? 'W' : '-')
                .append(PermitRules.permits(word))
                .append(" permits ")
                .append(PermitRules.sleepers(word))
                .append(" counted");
        for (int t = 0; t < now.length; t++) {
            text.append(isTimed(t) ? "  timed " : setup.isVirtual(t) ? "  virtual " : "  ")
                    .append(setup.script(t).substring(now[t].call))
                    .append(':')
                    .append(now[t].place)
                    .append(now[t].with == 0 ? "" : " " + now[t].with);
        }
        return text.toString();
    }
}
