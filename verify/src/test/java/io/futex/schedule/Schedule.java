package io.futex.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// One interleaving: the players run one at a time, and before each access to what they share a [Chooser] says who is
/// next. Each kind of sleep, and the time, are in its hands too.
///
/// It keeps a hash of what each player has learned, and of who has written what in which order. Two interleavings of
/// the same hashes have led to the same state.
final class Schedule {
    /// All players that are left wait: a wake was lost.
    static final class Hang extends AssertionError {
        private static final long serialVersionUID = 1;

        Hang(String message) {
            super(message);
        }
    }

    /// Ends a player without a word.
    private static final class Over extends Error {
        private static final long serialVersionUID = 1;

        Over() {
            super("this interleaving is over", null, false, false);
        }
    }

    boolean looksTwice() {
        return game.looksTwice();
    }

    interface Chooser {
        /// @param count of what can be chosen, at least 2; 0 is to go on with the same player if `goesOn`
        /// @param key of the state
        /// @param player who has had the turn
        /// @return which, or -1 to end here
        int choose(int count, boolean goesOn, long key, int player);
    }

    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;

    private static final class Player {
        final Thread thread;
        BooleanSupplier ready = () -> true;
        boolean started;
        boolean done;
        boolean permit;
        boolean interrupted;
        boolean timeIsOver;
        long hash;

        Player(Thread thread, int number) {
            this.thread = thread;
            hash = number * ODD;
        }
    }

    // Of the one interleaving that is being played.
    private static volatile Schedule current;

    private final Game game;
    private final Chooser chooser;
    private final List<Player> players = new ArrayList<>();
    private final Map<Object, Player> holders = new HashMap<>();
    private final Map<Object, long[]> written = new HashMap<>();

    // Handed from thread to thread with the turn; its write and read order everything else here.
    private volatile Player turn;
    private volatile Throwable failure;
    private boolean opened;
    private boolean ended;

    private Schedule(Game game, Chooser chooser) {
        this.game = game;
        this.chooser = chooser;
    }

    /// Plays a game to its end.
    static synchronized void play(Game game, Chooser chooser) {
        Schedule schedule = new Schedule(game, chooser);
        schedule.play();
        if (schedule.failure instanceof Over && !schedule.ended) {
            return;
        }
        if (schedule.failure instanceof Error error && !schedule.ended) {
            throw error;
        }
        if (schedule.failure instanceof RuntimeException exception) {
            throw exception;
        }
        game.check();
    }

    private void play() {
        for (Runnable part : game.players()) {
            Runnable body = () -> play(part);
            players.add(new Player(Thread.ofVirtual().unstarted(body), players.size() + 1));
        }
        current = this;
        for (Player player : players) {
            player.thread.start();
        }
        pass(null);
        for (Player player : players) {
            try {
                player.thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        current = null;
    }

    private void play(Runnable part) {
        Player self = of(Thread.currentThread());
        try {
            awaitTurn(self);
            self.started = true;
            part.run();
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            }
        }
        self.done = true;
        pass(self);
    }

    // ---- what players do

    /// The interleaving that is being played, or null.
    static Schedule ofPlayer() {
        return current;
    }

    /// A moment at which others may come first.
    void step() {
        await(() -> true);
    }

    /// Others go on until the condition holds.
    void await(BooleanSupplier ready) {
        Player self = self();
        self.ready = ready;
        pass(self);
        awaitTurn(self);
        self.ready = () -> true;
        saw(1);
    }

    /// The current player has learned a value.
    void saw(long value) {
        Player self = self();
        self.hash = mix(self.hash, value);
    }

    /// It has learned all that was written there.
    void reads(Object what, int part) {
        saw(hashes(what)[part]);
    }

    void writes(Object what, int part) {
        reads(what, part);
        hashes(what)[part] = self().hash;
    }

    private long[] hashes(Object what) {
        return written.computeIfAbsent(what, unused -> new long[2]);
    }

    private static long mix(long a, long b) {
        long x = (a ^ Long.rotateLeft(b, 31)) * ODD;
        return (x ^ x >>> 29) * 0xBF58_476D_1CE4_E5B9L + 1;
    }

    void lock(BooleanSupplier isFree, Object what) {
        await(isFree);
        took(what);
    }

    void took(Object what) {
        reads(what, 0);
        holders.put(what, self());
    }

    /// By the state alone: the holder is whoever was the last to take it.
    boolean holds(Object what) {
        return holders.get(what) == self() && (Steps.peek.applyAsLong(what) & 1) != 0;
    }

    /// Whatever the current player remembers is in what it has to show.
    void forgetAllBut(Object shown) {
        Player self = self();
        self.hash = mix(players.indexOf(self), shown.hashCode());
    }

    void sleep(boolean timed) {
        Player self = self();
        await(() -> self.permit || self.interrupted || (timed && self.timeIsOver));
        self.permit = false;
    }

    void wake(Thread thread) {
        step();
        of(thread).permit = true;
    }

    boolean takeInterrupt() {
        Player self = self();
        step();
        boolean was = self.interrupted;
        self.interrupted = false;
        saw(was ? 1 : 0);
        return was;
    }

    void interrupt(Player who) {
        step();
        who.interrupted = true;
    }

    boolean isTimeOver() {
        Player self = self();
        step();
        saw(self.timeIsOver ? 1 : 0);
        return self.timeIsOver;
    }

    void endTime(Player who) {
        step();
        who.timeIsOver = true;
    }

    Player player(int number) {
        return players.get(number);
    }

    Player of(Thread thread) {
        for (Player player : players) {
            if (player.thread.equals(thread)) {
                return player;
            }
        }
        return null;
    }

    /// Nobody else runs.
    private Player self() {
        return turn;
    }

    /// Something that is left to chance.
    int draw(int bound) {
        if (bound < 2) {
            return 0;
        }
        Player self = self();
        int drawn = choose(bound, false, key(), 0);
        if (drawn < 0) {
            throw new Over();
        }
        self.hash = mix(self.hash, drawn);
        return drawn;
    }

    // ---- whose turn it is

    private long key() {
        long key = 0;
        for (Player player : players) {
            int flags = (player.permit ? 1 : 0) + (player.interrupted ? 2 : 0) + (player.timeIsOver ? 4 : 0);
            key = mix(key, player.hash + flags);
        }
        long memory = 0;
        for (long[] hashes : written.values()) {
            memory += mix(hashes[0], 1) + mix(hashes[1], 2);
        }
        return mix(key, memory);
    }

    private int choose(int count, boolean goesOn, long key, int player) {
        int chosen = chooser.choose(count, goesOn, key, player);
        if (chosen < 0 && failure == null) {
            failure = new Over();
        }
        return chosen;
    }

    private void pass(Player self) {
        for (Player player : players) {
            if (!player.started) { // as far as its first access, which is nobody's choice
                hand(self, player);
                return;
            }
        }
        List<Player> able = new ArrayList<>();
        boolean goesOn = opened && !self.done && isAble(self);
        opened = true;
        if (goesOn) {
            able.add(self);
        }
        boolean allDone = true;
        for (Player player : players) {
            allDone &= player.done;
            if (player != self && !player.done && isAble(player)) {
                able.add(player);
            }
        }
        if (allDone) {
            return;
        }
        if (able.isEmpty()) {
            ended = game.mayHang();
            failure = ended ? new Over() : new Hang("all players that are left wait");
            pass(self);
            return;
        }
        int next = able.size() == 1 || failure != null ? 0 : choose(able.size(), goesOn, key(), players.indexOf(self));
        hand(self, able.get(Math.max(0, next)));
    }

    private boolean isAble(Player player) {
        return failure != null || player.ready.getAsBoolean();
    }

    private void hand(Player self, Player next) {
        turn = next;
        if (next != self) {
            LockSupport.unpark(next.thread);
        }
    }

    private void awaitTurn(Player self) {
        while (turn != self) {
            LockSupport.park(this);
        }
        if (failure != null) {
            throw new Over();
        }
    }
}
