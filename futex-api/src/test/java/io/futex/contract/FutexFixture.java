package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;

/// What the contract's tests have in common: the futex under test, its words, and what it may do.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FutexFixture {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
    private static final long LINE_BYTES = 128;

    /// Reads and writes words that Java cannot reach through their segment; static, as the accesses of the tests are.
    private static volatile WordAccess elsewhere;

    /// For the subclass that a backend makes.
    protected FutexFixture() {}

    /// The way to words that Java cannot reach through their segment.
    public interface WordAccess {
        /// Whether this is one of them.
        boolean reaches(MemorySegment word);

        /// Its value.
        int get(MemorySegment word);

        /// Replaces its value if it is the expected one.
        boolean compareAndSet(MemorySegment word, int expected, int value);
    }

    /// Lets the tests of this JVM read and write words of another kind.
    protected static void reachWordsBy(WordAccess access) {
        elsewhere = access;
    }

    private static boolean isElsewhere(MemorySegment word) {
        return elsewhere != null && elsewhere.reaches(word);
    }

    /// The futex under test.
    protected abstract Futex futex();

    /// The futex of this JVM with a name and scope.
    protected static Futex futexOf(String backend, boolean shared) {
        for (Futex futex : Futex.available()) {
            if (futex.backend().equals(backend) && futex.isShared() == shared) {
                return futex;
            }
        }
        throw new AssertionError(backend + " is not among " + Futex.available() + "; " + Futex.unavailable());
    }

    /// Zeroed memory for words, alive for as long as somebody holds it. Another kind of memory overrides this.
    ///
    /// @param bytes how much
    /// @return at an address divisible by 128
    protected MemorySegment newMemory(long bytes) {
        return Arena.ofAuto().allocate(bytes, LINE_BYTES);
    }

    /// Whether words may lie in any arena. A futex that is bound to one memory says no, and is spared the tests of
    /// arenas, mapped files and read-only views.
    protected boolean takesAnyNativeMemory() {
        return true;
    }

    /// Whether platform threads and virtual threads that wait on one word are woken in turns.
    protected boolean takesTurns() {
        return true;
    }

    /// Bytes of garbage that a wait which reaches the queue may leave, and a wake. None, unless somebody else makes
    /// them.
    protected int garbageBytes() {
        return 0;
    }

    /// Whether an empty segment may be the handle of a word.
    protected boolean takesEmptySegments() {
        return false;
    }

    /// What this futex must declare, exactly; from one table for all backends.
    protected Set<Capability> expectedCapabilities() {
        return ExpectedCapabilities.of(futex().backend(), futex().isShared(), hasFutexWait(), hasFutexWaitv());
    }

    /// Whether this machine's kernel has futex_wait. A test that can ask the kernel itself overrides this.
    protected boolean hasFutexWait() {
        String forced = System.getProperty("io.futex.test.futexwait");
        if (forced != null) {
            return Boolean.parseBoolean(forced);
        }
        String[] version = System.getProperty("os.version").split("[^0-9]+", 3);
        int major = Integer.parseInt(version[0]);
        int minor = Integer.parseInt(version[1]);
        return System.getProperty("os.name").startsWith("Linux") && (major > 6 || (major == 6 && minor >= 7));
    }

    /// Whether this machine's kernel has futex_waitv: it came before futex_wait, and filters know both or neither.
    protected boolean hasFutexWaitv() {
        return hasFutexWait();
    }

    /// Whether a wait may end for no reason as a matter of course: where it is a poll.
    protected boolean polls(boolean virtual) {
        return futex().isShared()
                && (!futex().capabilities().contains(Capability.PROCESS_SHARED)
                        || (virtual && "polling".equals(System.getProperty("io.futex.async"))));
    }

    /// Whether threads of a pool wait on shared words for virtual ones.
    protected final boolean pools() {
        if (!futex().isShared() || polls(true)) {
            return false;
        }
        MemorySegment word = newWord(0); // which way it is, is found out at first need
        Waiter first = Waiter.virtual(() -> futex().wait(word, 0, 20, TimeUnit.MILLISECONDS));
        assertThat(first.waitResult()).isNotNull();
        return futex().toString().contains("threads, beyond those");
    }

    /// Whether wakes tell how many they woke.
    protected final boolean counts() {
        return futex().capabilities().contains(Capability.REPORTS_WOKEN_COUNT);
    }

    /// A fresh word on cache lines of its own.
    protected final MemorySegment newWord(int value) {
        MemorySegment word = newMemory(LINE_BYTES).asSlice(0, Integer.BYTES);
        set(word, value);
        return word;
    }

    /// Reads a word.
    protected static int get(MemorySegment word) {
        return isElsewhere(word) ? elsewhere.get(word) : (int) INT.getVolatile(word, 0L);
    }

    /// Writes a word.
    protected static void set(MemorySegment word, int value) {
        if (isElsewhere(word)) {
            while (!elsewhere.compareAndSet(word, elsewhere.get(word), value)) {
                Thread.onSpinWait();
            }
        } else {
            INT.setVolatile(word, 0L, value);
        }
    }

    /// Replaces a word's value if it is the expected one.
    protected static boolean compareAndSet(MemorySegment word, int expected, int value) {
        return isElsewhere(word)
                ? elsewhere.compareAndSet(word, expected, value)
                : INT.compareAndSet(word, 0L, expected, value);
    }

    /// Adds to a word and returns the value before.
    protected static int getAndAdd(MemorySegment word, int delta) {
        if (!isElsewhere(word)) {
            return (int) INT.getAndAdd(word, 0L, delta);
        }
        for (; ; ) {
            int value = elsewhere.get(word);
            if (elsewhere.compareAndSet(word, value, value + delta)) {
                return value;
            }
        }
    }

    /// Sleeps until the word differs: the loop that the contract asks of every caller.
    protected final void awaitOther(MemorySegment word, int value) throws InterruptedException {
        while (get(word) == value) {
            futex().wait(word, value);
        }
    }

    /// A thread that makes one untimed, interruptible wait on the word for the value it has; asleep if waits sleep.
    protected final Waiter waiter(boolean virtual, MemorySegment word) {
        int value = get(word);
        Waiter waiter = Waiter.start(virtual, () -> futex().wait(word, value));
        return polls(virtual) ? waiter : waiter.awaitAsleep(word);
    }

    /// Wakes the word until so many threads have been woken. Without counts it wakes all, until the waiters are done.
    protected final void wakeUntilDone(MemorySegment word, Waiter... waiters) {
        Await.until("waiters are woken", () -> {
            int ignored = futex().wakeAll(word);
            assertThat(ignored).isGreaterThanOrEqualTo(Futex.UNKNOWN);
            boolean done = true;
            for (Waiter waiter : waiters) {
                done &= waiter.isDone();
            }
            return done;
        });
    }

    /// Asserts the number that a wake returned, or that it is unknown where numbers are. That nobody was woken may be
    /// known even there.
    protected final void assertWoken(int returned, int woken) {
        if (counts() || returned == 0) {
            assertThat(returned).isEqualTo(woken);
        } else {
            assertThat(returned).isEqualTo(Futex.UNKNOWN);
        }
    }

    /// Asserts that a wait ended by a wake, or for no reason.
    protected static void assertWoken(Waiter waiter) {
        assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
    }
}
