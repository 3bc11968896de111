package io.futex.shared;

import io.futex.spi.RobustThread;
import io.futex.sync.Machine;
import java.util.Arrays;
import java.util.List;

/// A robust lock, threads that use it, and a kernel that looks after those which are killed, at any step.
///
/// The new values come from the library's own rules, or from those with a mistake planted in them. A look and the
/// compare-and-set after it are one step, for if the state was another in between, the thread looks again. What the
/// kernel does for a thread that ends is two steps: it looks at the word, and perhaps changes it; then it wakes one.
/// Each of the sleepers may be the one that a wake takes, and any may wake up by itself.
///
/// That a record is pending, or linked, is not a state of its own: it follows from where the thread is.
///
/// A state is a `long`: 13 bits of memory, and 11 for each of up to four threads.
final class RobustMachine implements Machine {
    /// Where a thread is. The record is pending everywhere but [#READY] and [#INSIDE], where it is linked.
    enum Place {
        /// About to begin the next call of its script.
        READY,
        /// About to look, for the first time.
        LOOKING,
        /// About to look, after a sleep.
        AWAKE,
        /// About to enter the kernel, which compares the word with the value that comes with it.
        GOING,
        /// In the kernel's queue.
        ASLEEP,
        /// Owns the lock, and is about to mark it consistent or to let go of it.
        INSIDE,
        /// Owns it, and has said that nobody shall get it any more.
        RUINING,
        /// Owns it, and has found that nobody shall.
        RUINED,
        /// The word is free; about to wake one.
        WAKING,
        /// As that, but all.
        WAKING_ALL,
        /// Has woken nobody; about to take the flag away, if the count is still the one that comes with it.
        SETTLING,
        /// Its time is over; about to look whether it must pass a wake on.
        LEAVING,
        /// About to make nothing pending.
        ENDING,
        /// Has been killed; the kernel is about to wake one.
        DYING,
        DEAD
    }

    private static final Place[] PLACES = Place.values();
    private static final int WITH_BITS = 5;
    private static final int PLACE_BITS = 4;
    private static final int CALL_BITS = 2;
    private static final int THREAD_BITS = WITH_BITS + PLACE_BITS + CALL_BITS;

    private static final int COUNT_BITS = 4;
    private static final int OWNER_BITS = 3;
    private static final int KILL_BITS = 2;

    /// What is checked.
    ///
    /// @param scripts of each thread: `l` locks, marks the lock consistent if it must, and unlocks; `n` does not mark
    ///     it
    /// @param kills how many threads may be killed
    /// @param timed how many threads, the first ones, may give up whenever they wait; they skip the rest of their
    ///     script
    record Setup(List<String> scripts, int kills, int timed) {
        static Setup of(int kills, int timed, String... scripts) {
            return new Setup(List.of(scripts), kills, timed);
        }
    }

    /// What the library does not do.
    ///
    /// @param assumes whether who has slept assumes that others do, as where a release clears the flag
    /// @param forgets whether nothing is pending while a thread waits
    record Mistakes(RobustRules rules, boolean assumes, boolean forgets) {
        static final Mistakes NONE = new Mistakes(RobustRules.RIGHT, false, false);
    }

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

    /// The lock's two words, and beside them: whether what it guards is half changed, whether nobody shall get it any
    /// more, and how many threads may still be killed.
    private static final class Memory {
        long pair;
        boolean broken;
        boolean ruined;
        int kills;

        void set(Memory other) {
            pair = other.pair;
            broken = other.broken;
            ruined = other.ruined;
            kills = other.kills;
        }

        int word() {
            return RobustRules.word(pair);
        }

        int count() {
            return RobustRules.count(pair);
        }

        void word(int word) {
            pair = RobustRules.pair(word, count());
        }
    }

    private final Setup setup;
    private final RobustRules rules;
    private final Mistakes mistakes;
    private final Actor[] now;
    private final Actor[] then;
    private final Memory memory = new Memory();
    private final Memory next = new Memory();
    private Steps steps = (state, rescue) -> {};

    RobustMachine(Setup setup, Mistakes mistakes) {
        this.setup = setup;
        this.rules = mistakes.rules();
        this.mistakes = mistakes;
        now = actors();
        then = actors();
    }

    private Actor[] actors() {
        Actor[] actors = new Actor[setup.scripts().size()];
        Arrays.setAll(actors, t -> new Actor());
        return actors;
    }

    // ---- steps

    @Override
    public void expand(long state, Steps told) {
        steps = told;
        decode(state);
        for (int t = 0; t < now.length; t++) {
            expand(t);
            if (memory.kills > 0 && isMortal(now[t].place)) {
                kill(t);
            }
        }
    }

    private void expand(int t) {
        int word = memory.word();
        switch (now[t].place) {
            case READY -> {
                if (now[t].call < setup.scripts().get(t).length()) {
                    go(t, Place.LOOKING, 0, false);
                }
            }
            case LOOKING, AWAKE -> look(t, word);
            case GOING -> go(t, now[t].with == slept(word) ? Place.ASLEEP : Place.AWAKE, 0, false);
            case ASLEEP -> {
                go(t, Place.AWAKE, 0, true);
                leave(t);
            }
            case INSIDE -> inside(t, word);
            case RUINING, RUINED -> release(t, word, now[t].place == Place.RUINING);
            case WAKING -> wake(t, Place.ENDING, Place.SETTLING);
            case WAKING_ALL -> wakeAll(t);
            case SETTLING -> settle(t);
            case LEAVING -> {
                boolean mustWake = RobustRules.isFree(word) && RobustRules.hasWaiters(word);
                if (mustWake) {
                    wake(t, Place.ENDING, Place.ENDING);
                } else {
                    go(t, Place.ENDING, 0, false);
                }
            }
            case ENDING -> {
                begin();
                then[t].set(Place.READY, 0, now[t].call);
                tell(false);
            }
            case DYING -> wake(t, Place.DEAD, Place.DEAD);
            case DEAD -> {}
        }
    }

    private void look(int t, int word) {
        if (RobustRules.isFree(word)) {
            begin();
            next.pair = rules.take(memory.pair, t + 1);
            if (mistakes.assumes() && now[t].place == Place.AWAKE) {
                next.word(RobustRules.announce(next.word()));
            }
            boolean died = RobustRules.hasDied(word);
            then[t].set(died && memory.ruined ? Place.RUINED : Place.INSIDE, 0, now[t].call);
            if (memory.broken && !died) {
                then[t].with = 1; // a fault
            }
            tell(false);
        } else {
            begin();
            next.word(RobustRules.announce(word));
            then[t].set(Place.GOING, slept(next.word()), now[t].call);
            tell(false);
        }
        leave(t);
    }

    private void leave(int t) {
        if (t < setup.timed() && (!RobustRules.isFree(memory.word()) || now[t].place == Place.ASLEEP)) {
            begin();
            then[t].set(Place.LEAVING, 0, setup.scripts().get(t).length());
            tell(true);
        }
    }

    private void inside(int t, int word) {
        if (!RobustRules.hasDied(word)) {
            release(t, word, false);
            return;
        }
        begin();
        if (setup.scripts().get(t).charAt(now[t].call) == 'l') {
            next.word(RobustRules.consistent(word));
            next.broken = false;
            then[t].set(Place.INSIDE, 0, now[t].call);
        } else {
            next.ruined = true;
            then[t].set(Place.RUINING, 0, now[t].call);
        }
        tell(false);
    }

    private void release(int t, int word, boolean wakesAll) {
        begin();
        next.word(rules.release(word));
        int call = now[t].place == Place.RUINED || now[t].place == Place.RUINING
                ? setup.scripts().get(t).length()
                : now[t].call + 1;
        boolean mustWake = RobustRules.hasWaiters(word);
        then[t].set(
                !mustWake ? Place.ENDING : wakesAll ? Place.WAKING_ALL : Place.WAKING,
                mustWake ? settleWith(next.word(), memory.count()) : 0,
                call);
        tell(false);
    }

    private static int settleWith(int word, int count) {
        return count << 1 | (RobustRules.hasDied(word) ? 1 : 0);
    }

    private void settle(int t) {
        int word = memory.word();
        begin();
        if (RobustRules.isFree(word)
                && RobustRules.hasWaiters(word)
                && settleWith(word, memory.count()) == now[t].with) {
            next.pair = rules.settled(memory.pair);
        }
        then[t].set(Place.ENDING, 0, now[t].call);
        tell(false);
    }

    /// Wakes any one of those who sleep.
    private void wake(int t, Place after, Place ifNobody) {
        boolean any = false;
        for (int sleeper = 0; sleeper < now.length; sleeper++) {
            if (now[sleeper].place == Place.ASLEEP) {
                any = true;
                begin();
                then[sleeper].set(Place.AWAKE, 0, now[sleeper].call);
                then[t].set(after, 0, now[t].call);
                tell(false);
            }
        }
        if (!any) {
            go(t, ifNobody, ifNobody == Place.SETTLING ? now[t].with : 0, false);
        }
    }

    private void wakeAll(int t) {
        boolean any = false;
        begin();
        for (int sleeper = 0; sleeper < now.length; sleeper++) {
            if (now[sleeper].place == Place.ASLEEP) {
                any = true;
                then[sleeper].set(Place.AWAKE, 0, now[sleeper].call);
            }
        }
        then[t].set(any ? Place.ENDING : Place.SETTLING, any ? 0 : now[t].with, now[t].call);
        tell(false);
    }

    private static boolean isMortal(Place place) {
        return place != Place.READY && place != Place.DYING && place != Place.DEAD;
    }

    /// What the kernel does at first: `handle_futex_death` of kernel/futex/core.c.
    private void kill(int t) {
        int word = memory.word();
        boolean isWaiting = switch (now[t].place) {
            case LOOKING, AWAKE, GOING, ASLEEP, LEAVING -> true;
            default -> false;
        };
        begin();
        next.kills--;
        boolean wakes = false;
        if (RobustRules.owner(word) == t + 1) {
            next.word((word & ~RobustRules.owner(-1)) | RobustThread.OWNER_DIED);
            next.broken |= now[t].place == Place.INSIDE;
            wakes = RobustRules.hasWaiters(word);
        } else if (RobustRules.isFree(word) && !(mistakes.forgets() && isWaiting)) {
            wakes = true;
        }
        then[t].set(wakes ? Place.DYING : Place.DEAD, 0, 0);
        tell(true);
    }

    private void go(int t, Place place, int with, boolean rescue) {
        begin();
        then[t].set(place, with, now[t].call);
        tell(rescue);
    }

    private void begin() {
        for (int t = 0; t < now.length; t++) {
            then[t].set(now[t].place, now[t].with, now[t].call);
        }
        next.set(memory);
    }

    private void tell(boolean rescue) {
        steps.step(encode(), rescue);
    }

    /// What a sleeper compares with; the flag is always set there.
    private static int slept(int word) {
        return !RobustRules.hasWaiters(word) ? 0 : RobustRules.owner(word) << 1 | (RobustRules.hasDied(word) ? 1 : 0);
    }

    // ---- what is checked

    @Override
    public boolean isDone(long state) {
        decode(state);
        for (int t = 0; t < now.length; t++) {
            boolean done = switch (now[t].place) {
                case READY -> now[t].call == setup.scripts().get(t).length();
                case DEAD -> true;
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
        int owners = 0;
        for (int t = 0; t < now.length; t++) {
            boolean owns = switch (now[t].place) {
                case INSIDE, RUINING, RUINED -> true;
                default -> false;
            };
            owners += owns ? 1 : 0;
            if (owns && RobustRules.owner(memory.word()) != t + 1) {
                return "the word does not name the owner";
            }
            if (now[t].place == Place.INSIDE && now[t].with == 1) {
                return "an owner has died, and the next one was not told";
            }
        }
        return owners > 1 ? "two owners" : null;
    }

    // ---- states

    @Override
    public long initial() {
        for (Actor actor : then) {
            actor.set(Place.READY, 0, 0);
        }
        next.pair = RobustRules.pair(0, 0);
        next.broken = false;
        next.ruined = false;
        next.kills = setup.kills();
        return encode();
    }

    private long encode() {
        int word = next.word();
        int count = next.count();
        if (count >= 1 << COUNT_BITS || RobustRules.owner(word) >= 1 << OWNER_BITS) {
            throw new IllegalStateException("more than a state has room for: " + count);
        }
        long state = 0;
        for (int t = then.length - 1; t >= 0; t--) {
            Actor actor = then[t];
            @SuppressWarnings("EnumOrdinal") // undone by decode
            long place = actor.place.ordinal();
            if (actor.with >= 1 << WITH_BITS || actor.call >= 1 << CALL_BITS) {
                throw new IllegalStateException("more than a state has room for");
            }
            state = state << THREAD_BITS | ((long) actor.call << PLACE_BITS | place) << WITH_BITS | actor.with;
        }
        state = state << COUNT_BITS | count;
        state = state << OWNER_BITS | RobustRules.owner(word);
        state = state << 1 | (RobustRules.hasWaiters(word) ? 1 : 0);
        state = state << 1 | (RobustRules.hasDied(word) ? 1 : 0);
        state = state << 1 | (next.broken ? 1 : 0);
        state = state << 1 | (next.ruined ? 1 : 0);
        return state << KILL_BITS | next.kills;
    }

    private long rest;

    private int take(int bits) {
        int value = (int) (rest & ((1L << bits) - 1));
        rest >>>= bits;
        return value;
    }

    private void decode(long state) {
        rest = state;
        memory.kills = take(KILL_BITS);
        memory.ruined = take(1) != 0;
        memory.broken = take(1) != 0;
        int word = take(1) != 0 ? RobustThread.OWNER_DIED : 0;
        word |= take(1) != 0 ? io.futex.spi.RobustThread.WAITERS : 0;
        word |= take(OWNER_BITS);
        memory.pair = RobustRules.pair(word, take(COUNT_BITS));
        for (Actor actor : now) {
            int with = take(WITH_BITS);
            Place place = PLACES[take(PLACE_BITS)];
            actor.set(place, with, take(CALL_BITS));
        }
    }

    @Override
    public String describe(long state) {
        decode(state);
        StringBuilder text = new StringBuilder();
        int word = memory.word();
        text.append(RobustRules.hasWaiters(word) ? 'W' : '-')
                .append(RobustRules.hasDied(word) ? 'D' : '-')
                .append(RobustRules.owner(word))
                .append(" count ")
                .append(memory.count());
        for (int t = 0; t < now.length; t++) {
            text.append("  ").append(t + 1).append(':').append(now[t].place);
        }
        return text.toString();
    }
}
