package io.futex.sync;

/// The bits of the state of a read-write lock, and every step from one value to the next, as functions of the value
/// found.
///
/// A thread that finds the lock closed looks at it for a while and then *announces* that it sleeps: it sets
/// [#WRITERS_WAIT] or [#READERS_WAIT]. It is *counted* then, until it takes the lock or leaves. Nothing counts the
/// counted, so there is no number to be wrong when a process is killed; and nothing asks what a wake has reached, for
/// who sleeps by looking now and then is woken by nobody. All depends on what the flags say for certain:
///
/// 1. [#WRITERS_WAIT] or [#WRITERS_FIRST] set: some writer is counted. Whoever of them takes the lock, or leaves,
///    clears the flag. Since that one does not know of others, it sets [#WRITERS_PERHAPS], which stops nobody, or wakes
///    another, which announces itself again.
/// 2. [#READERS_WAIT] beside [#WRITER]: some reader is counted. One that leaves then, and a writer that takes the lock
///    with the flag set, turn it into [#READERS_PERHAPS].
/// 3. [#READERS_WAIT] without [#WRITER]: it stands beside [#WRITERS_WAIT] or [#WRITERS_FIRST], and the next writer's
///    unlock is what those readers wait for.
/// 4. Open (neither writer nor readers), with both [#WRITERS_WAIT] and [#WRITERS_PERHAPS]: it is the *writers' turn*. A
///    counted writer will look at the lock, which nobody may take before it but writers that come, and readers that
///    were woken.
/// 5. Open, with [#WRITERS_WAIT] alone: it is the *readers' turn*. A counted reader will look at the lock, which no
///    counted writer takes before; the last unlock of those readers, or the leaving of one, makes it the writers' turn.
/// 6. Open, with [#READERS_FIRST]: a counted reader will look at the lock, which no writer takes before.
///
/// Who "will look" may have been killed, or be a virtual thread without a carrier. So nobody sleeps on an open lock for
/// longer than [#trustNanos]; if that is what it was all the time, its flags are cleared and everybody is woken. Those
/// that sleep since it was held look now and then where processes may be killed. Else, where virtual threads may be on
/// their way, who opens the lock wakes a *deputy* of the kind whose turn it is not, to sleep on the open lock.
///
/// Nobody sleeps on the state, which changes with every reader, but on a *turn* of its kind, which changes with every
/// wake. The order makes that safe: a sleeper reads the turn, then the state, in which its flag must stand. A waker
/// changes the flags, then counts the turn up, then wakes. So either the sleeper has seen the state after that; or its
/// turn is out of date, and the sleep ends at once; or it sleeps already, and is woken.
///
/// It is open for tests alone, which plant mistakes and let a model decide instead of the clock.
class RwMutexRules {
    /// One reader; the low bits are the number of them.
    static final int READER = 1;

    /// So many readers at most, and this bit set means that there are.
    static final int MAX_READERS = 1 << 25;

    private static final int COUNT = (1 << 26) - 1;

    /// Beside [#WRITER], where there are no readers to be counted: readers sleep perhaps.
    static final int READERS_PERHAPS = 1;

    /// Writers sleep perhaps, and none has been woken for them. Beside [#WRITERS_WAIT]: one of those has been woken.
    static final int WRITERS_PERHAPS = 1 << 26;

    /// Readers sleep, and none has been woken for them.
    static final int READERS_WAIT = 1 << 27;

    /// No writer may take it before a reader has that has slept: one has waited too long. Set while a writer holds it.
    static final int READERS_FIRST = 1 << 28;

    /// Nobody that comes may take it, for a writer has waited too long; only writers that have slept, and readers that
    /// were woken. Set while somebody holds it.
    static final int WRITERS_FIRST = 1 << 29;

    /// Writers sleep, or one was woken and is on its way. Readers that come queue up behind it.
    static final int WRITERS_WAIT = 1 << 30;

    /// A writer holds it; then there are no readers.
    static final int WRITER = 1 << 31;

    /// What stops a reader that comes.
    static final int BARRED_TO_READERS = WRITER | WRITERS_FIRST | WRITERS_WAIT;

    private static final int OF_WRITERS = WRITERS_PERHAPS | WRITERS_FIRST | WRITERS_WAIT;

    // Where the words are, after the state.
    static final int READERS_TURN = 4;
    static final int WRITERS_TURN = 8;

    /// One turn of readers, in the word that counts them. Below that it counts deputies, whose turn it is not.
    static final int TURN = 1 << 8;

    // Whom to wake.
    static final int ALL_READERS = 1;
    static final int ONE_WRITER = 2;
    static final int DEPUTY_READER = 4;
    static final int EVERYBODY = ALL_READERS | ONE_WRITER;

    /// For how long to sleep on an open lock, and also on a held one where processes may be killed.
    private static final long TRUST_NANOS = 100_000_000;

    static final RwMutexRules LOCAL = new RwMutexRules(false);
    static final RwMutexRules SHARED = new RwMutexRules(true);

    final Rules reading = new RwMutexSide(this, false);
    final Rules writing = new RwMutexSide(this, true);
    private final boolean shared;

    RwMutexRules(boolean shared) {
        this.shared = shared;
    }

    /// Whether all who use it are threads of this JVM.
    final boolean isLocal() {
        return !shared;
    }

    // ---- looking

    static int readers(int s) {
        return isWriteLocked(s) ? 0 : s & COUNT;
    }

    static boolean isWriteLocked(int s) {
        return (s & WRITER) != 0;
    }

    static boolean isHeld(int s) {
        return (s & (WRITER | COUNT)) != 0;
    }

    static boolean isFull(int s) {
        return (s & MAX_READERS) != 0;
    }

    /// Whether a reader may take it. Writers that wait stop one that has just come, else overlapping readers would
    /// never let them in; not one that was woken since it went to sleep, for then it is its turn, and those writers' is
    /// next.
    static boolean isOpenToReader(int s, boolean woken) {
        return (s & (woken ? WRITER : BARRED_TO_READERS)) == 0;
    }

    /// Whether a writer may take it that comes, also ahead of those that sleep and are not reserved for.
    static boolean isOpenToWriter(int s) {
        return (s & (WRITER | COUNT | READERS_FIRST | WRITERS_FIRST)) == 0;
    }

    /// Whether a counted writer may take it: if it looks now and then it may find an open lock though it was not woken.
    boolean isOpenToCountedWriter(int s) {
        return (s & (WRITER | COUNT | READERS_FIRST)) == 0 && (s & (WRITERS_WAIT | WRITERS_PERHAPS)) != WRITERS_WAIT;
    }

    /// Whether it is more than open or read.
    static boolean isFlagged(int s) {
        return (s & ~COUNT) != 0;
    }

    static boolean isReserved(int s) {
        return (s & (READERS_FIRST | WRITERS_FIRST)) != 0;
    }

    private static boolean areReadersAsleep(int s) {
        return (s & READERS_WAIT) != 0 || (isWriteLocked(s) && (s & READERS_PERHAPS) != 0);
    }

    /// Whether a writer sleeps, or perhaps, and none has been woken.
    private static boolean isWriterDue(int s) {
        return ((s & WRITERS_WAIT) != 0) != ((s & WRITERS_PERHAPS) != 0);
    }

    // ---- taking

    /// A reader that is counted may be the one that the lock is reserved for.
    int takeRead(int s, boolean counted) {
        return counted ? (s + READER) & ~READERS_FIRST : s + READER;
    }

    /// A writer that is counted may be the one that [#WRITERS_WAIT] or [#WRITERS_FIRST] stands for; whether others
    /// sleep, it does not know.
    int takeWrite(int s, boolean counted) {
        int next = s | WRITER;
        if ((s & READERS_WAIT) != 0) {
            next = (next & ~READERS_WAIT) | READERS_PERHAPS;
        }
        return counted ? (next | WRITERS_PERHAPS) & ~(WRITERS_WAIT | WRITERS_FIRST) : next;
    }

    /// A writer becomes a reader, and readers that sleep may come in as well. If a writer waits, the last of the
    /// readers will wake it. If one does perhaps, it must be woken to say so itself, else readers that overlap would
    /// never let it in.
    int downgrade(int s) {
        int next = (s & ~(WRITER | READERS_PERHAPS | READERS_WAIT)) + READER;
        return (next & WRITERS_WAIT) != 0 ? next : next & ~WRITERS_PERHAPS;
    }

    // ---- letting go

    /// After a writer it is the readers' turn, if any sleep for certain. Else everybody's who sleeps perhaps.
    int unlockWrite(int s) {
        int next = s & ~(WRITER | READERS_PERHAPS | READERS_WAIT);
        return (s & READERS_WAIT) != 0 && (s & WRITERS_WAIT) != 0 ? next : writersNext(next);
    }

    /// After the last reader it is the writers' turn. [#READERS_WAIT] stays: the writer's unlock wakes them.
    int unlockRead(int s) {
        int next = s - READER;
        return readers(next) != 0 ? next : writersNext(next);
    }

    private static int writersNext(int next) {
        return isWriterDue(next) ? next ^ WRITERS_PERHAPS : next;
    }

    /// Whom to wake after a step that lets others in.
    int wakes(int s, int next) {
        int whom = areReadersAsleep(s) && !areReadersAsleep(next) ? ALL_READERS : 0;
        return isWriterDue(s) && !isWriterDue(next) ? whom | ONE_WRITER : whom;
    }

    /// Whom to wake to sleep on the lock that this step has left open, since it is not their turn.
    int deputies(int next) {
        if (isHeld(next)) {
            return 0;
        }
        int whom = (next & READERS_WAIT) != 0 ? DEPUTY_READER : 0;
        return isWriterDue(next) ? whom | ONE_WRITER : whom;
    }

    // ---- sleeping and leaving

    /// A writer will sleep on the state that results. If the lock is held, or a reader's for certain, it must be woken.
    /// On one that is open it sleeps since others are on their way, one of whom will take care of it.
    int announceWrite(int s) {
        if (isHeld(s) || (s & READERS_FIRST) != 0) {
            return (s | WRITERS_WAIT) & ~WRITERS_PERHAPS;
        }
        return (s & WRITERS_WAIT) != 0 ? s : s | WRITERS_WAIT | WRITERS_PERHAPS;
    }

    /// A writer gives up that is counted. It may be the one that a flag stands for, or that was woken; whether it was
    /// the last one is not known. So it clears the flags, and wakes another, which announces itself again. Readers
    /// sleep because of the flag, and unless a writer holds the lock nobody else will wake them.
    int leaveWrite(int s) {
        int next = s & ~OF_WRITERS;
        return isWriteLocked(s) ? next : next & ~READERS_WAIT;
    }

    /// A reader gives up that is counted. It may be the one that was to look at the lock now that it is open.
    int leaveRead(int s) {
        int next = s & ~READERS_FIRST;
        if (!isWriteLocked(s)) {
            return isHeld(s) ? next : writersNext(next);
        }
        return (s & READERS_WAIT) != 0 ? (next & ~READERS_WAIT) | READERS_PERHAPS : next;
    }

    /// Whom a writer wakes that gives up: also if no flag was set, for then perhaps it was woken, and others rely on
    /// it.
    int whoFollowsWriter() {
        return ONE_WRITER;
    }

    static IllegalStateException full() {
        return new IllegalStateException("there are " + MAX_READERS + " readers, as many as can be");
    }

    // ---- time; for tests, which have their own

    long trustNanos() {
        return TRUST_NANOS;
    }

    boolean isImpatient(long since) {
        return System.nanoTime() - since > Rules.PATIENCE_NANOS;
    }

    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    boolean spins() {
        return true;
    }
}
