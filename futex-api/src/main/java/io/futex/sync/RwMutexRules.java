package io.futex.sync;

/// The bits of the state of a read-write lock, and every step from one value to the next, as functions of the value
/// found.
///
/// A thread that finds the lock closed looks at it for a while and then *announces* that it sleeps: it sets
/// [#WRITERS_WAIT] or [#READERS_WAIT]. Who opens the lock clears such a flag and wakes: all readers, or one writer.
/// From then on the woken thread is *on its way* and answers for whoever else may sleep: it takes the lock, or
/// announces itself again, or leaves and passes the wake on. So a cleared flag means "nobody needs to be woken", not
/// "nobody sleeps", and there is no count to be wrong when a process is killed.
///
/// What must hold, lest a wake be lost:
///
/// 1. Open (neither writer nor readers) with [#WRITERS_WAIT] set: a woken reader is on its way, or somebody is about to
///    wake. Its last unlock, or its leaving, wakes the writers.
/// 2. Open with [#READERS_WAIT] set: the same with a woken writer.
/// 3. [#WRITERS_FIRST] without [#WRITERS_WAIT]: a writer that has slept is on its way. Open with [#READERS_FIRST]: a
///    reader that was woken is, or is about to be, and only a writer could stop it.
/// 4. [#WRITERS_WAIT] set: a writer does wait, since readers must not be stopped by one that does not. A writer that
///    may leave others asleep and does not know sets [#WRITERS_PERHAPS], which stops nobody.
///
/// It is open for tests alone, which plant mistakes and let a model decide instead of the clock.
class RwMutexRules {
    /// One reader; the low bits are the number of them.
    static final int READER = 1;

    /// So many readers at most, and this bit set means that there are.
    static final int MAX_READERS = 1 << 25;

    static final int COUNT = (1 << 26) - 1;

    /// A writer that had slept has taken it: it was perhaps woken alone, and others sleep on.
    static final int WRITERS_PERHAPS = 1 << 26;

    /// Readers sleep, and nobody has been woken for them.
    static final int READERS_WAIT = 1 << 27;

    /// No writer may take it before a reader has that has slept: one has waited too long. Set while a writer holds it.
    static final int READERS_FIRST = 1 << 28;

    /// Nobody that comes may take it, for a writer has waited too long; only writers that have slept, and readers that
    /// were woken. Set while somebody holds it.
    static final int WRITERS_FIRST = 1 << 29;

    /// Writers sleep, and nobody has been woken for them. Readers that come queue up, but for those that have slept.
    static final int WRITERS_WAIT = 1 << 30;

    /// A writer holds it; then there are no readers.
    static final int WRITER = 1 << 31;

    /// The flags for which writers are woken.
    static final int OF_WRITERS = WRITERS_PERHAPS | WRITERS_FIRST | WRITERS_WAIT;

    /// The flags for which readers are woken.
    static final int OF_READERS = READERS_WAIT | READERS_FIRST;

    private static final int FLAGS = OF_WRITERS | OF_READERS;

    /// After how long a thread that has slept sets [#READERS_FIRST] or [#WRITERS_FIRST].
    private static final long PATIENCE_NANOS = 1_000_000;

    /// For how long a thread sleeps in one go where a process may be killed that had been woken, or had set a flag.
    private static final long TRUST_NANOS = 200_000_000;

    static final RwMutexRules LOCAL = new RwMutexRules(false);
    static final RwMutexRules SHARED = new RwMutexRules(true);

    private final boolean shared;

    RwMutexRules(boolean shared) {
        this.shared = shared;
    }

    // ---- looking

    static int readers(int s) {
        return s & COUNT;
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

    static int flags(int s) {
        return s & FLAGS;
    }

    /// Whether a reader may take it. Writers that wait stop one that has just come, else overlapping readers would
    /// never let them in; not one that was woken since it went to sleep, for then it is its turn, and those writers' is
    /// next.
    static boolean isOpenToReader(int s, boolean woken) {
        int barred = woken ? WRITER : WRITER | WRITERS_FIRST | WRITERS_WAIT;
        return (s & barred) == 0;
    }

    /// Whether a writer may take it; if it has just come, also ahead of those that sleep and are not reserved for.
    static boolean isOpenToWriter(int s, boolean slept) {
        int barred = slept ? WRITER | COUNT | READERS_FIRST : WRITER | COUNT | READERS_FIRST | WRITERS_FIRST;
        return (s & barred) == 0;
    }

    /// Whether looking again is of no use to a thread that has just come.
    static boolean isReserved(int s) {
        return (s & (READERS_FIRST | WRITERS_FIRST)) != 0;
    }

    /// Whether a thread that has waited too long may reserve the lock for its kind. A reader may though a writer has:
    /// else writers that are never alone in waiting too long would keep it out. One that no writer stops needs not to.
    static boolean isReservable(int s, boolean write) {
        return write ? isHeld(s) && !isReserved(s) : isWriteLocked(s) && (s & READERS_FIRST) == 0;
    }

    // ---- taking

    /// A reader that has slept may be the one that the lock is reserved for.
    int takeRead(int s, boolean slept) {
        return slept ? (s + READER) & ~READERS_FIRST : s + READER;
    }

    /// A writer that has slept may be the one that [#WRITERS_WAIT] or [#WRITERS_FIRST] stands for; whether others
    /// sleep, it does not know.
    int takeWrite(int s, boolean slept) {
        return slept ? (s | WRITER | WRITERS_PERHAPS) & ~(WRITERS_WAIT | WRITERS_FIRST) : s | WRITER;
    }

    /// A writer becomes a reader, and readers that sleep may come in as well.
    int downgrade(int s) {
        return letReadersIn((s & ~WRITER) + READER);
    }

    // ---- letting go

    /// After a writer it is the readers' turn, if any sleep.
    int unlockWrite(int s) {
        int next = s & ~WRITER;
        return (s & READERS_WAIT) != 0 ? letReadersIn(next) : next & ~(WRITERS_WAIT | WRITERS_PERHAPS);
    }

    /// If a writer waits, the last of the readers will wake it. If one does perhaps, it must be woken to say so itself,
    /// else readers that overlap would never let it in.
    private static int letReadersIn(int next) {
        return (next & WRITERS_WAIT) != 0 ? next & ~READERS_WAIT : next & ~(READERS_WAIT | WRITERS_PERHAPS);
    }

    /// After the last reader it is the writers' turn. [#READERS_WAIT] stays: the writer's unlock wakes them.
    int unlockRead(int s) {
        int next = s - READER;
        if (readers(next) != 0) {
            return next;
        }
        if ((s & (WRITERS_WAIT | WRITERS_PERHAPS)) != 0) {
            return next & ~(WRITERS_WAIT | WRITERS_PERHAPS);
        }
        return (s & WRITERS_FIRST) != 0 ? next : next & ~READERS_WAIT;
    }

    // ---- leaving

    /// A writer gives up that has announced itself. It may be the one that a flag stands for, or that was woken;
    /// whether it was the last one is not known. So it clears the flags, and wakes another, which announces itself
    /// again. The readers sleep because of the flag, and unless a writer holds the lock nobody else will wake them.
    int leaveWrite(int s) {
        int next = s & ~OF_WRITERS;
        return isWriteLocked(s) ? next : next & ~READERS_WAIT;
    }

    /// For which flags a writer that gives up wakes. Also if [#WRITERS_WAIT] was not set: then perhaps this thread was
    /// woken, and others rely on it.
    int passOn(int cleared) {
        return cleared | WRITERS_WAIT;
    }

    /// A reader gives up that has announced itself.
    int leaveRead(int s) {
        return s & ~READERS_FIRST;
    }

    /// Nobody holds the lock, and who was to be woken was not there: the next kind's turn.
    int settle(int s) {
        return (s & OF_WRITERS) != 0 ? s & ~OF_WRITERS : s & ~OF_READERS;
    }

    /// What to set when the wake for flags that were cleared has failed: whoever lets go next wakes again, and nobody
    /// is stopped.
    static int notWoken(int cleared) {
        return ((cleared & OF_READERS) != 0 ? READERS_WAIT : 0) | ((cleared & OF_WRITERS) != 0 ? WRITERS_PERHAPS : 0);
    }

    // ---- time

    /// Whether a thread that first slept then has waited too long.
    boolean isImpatient(long since) {
        return System.nanoTime() - since > PATIENCE_NANOS;
    }

    /// Whether a thread that may give up must.
    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    /// Until when to sleep in one go.
    long until(long deadline) {
        return shared ? Math.min(deadline, System.nanoTime() + TRUST_NANOS) : deadline;
    }

    /// Whether to look at a closed lock several times before going to sleep.
    boolean spins() {
        return true;
    }
}
