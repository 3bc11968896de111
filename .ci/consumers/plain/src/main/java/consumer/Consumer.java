package consumer;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/// Insists on the backend of this system, in both scopes, and that it works.
public final class Consumer {
    private static final VarHandle WORD = JAVA_INT.varHandle();

    private Consumer() {}

    /// @param args the name of the backend
    public static void main(String[] args) throws Exception {
        check(args[0]);
    }

    public static void check(String backend) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment word = arena.allocate(4, 4);
            for (Futex futex : new Futex[] {Futex.local(), Futex.shared()}) {
                insist(futex.backend().equals(backend), futex.backend() + ", others: " + Futex.unavailable());
                insist(futex.wait(word, 1) == WaitResult.CHANGED, "CHANGED");
                insist(futex.wait(word, 0, 1, TimeUnit.MILLISECONDS) == WaitResult.TIMED_OUT, "TIMED_OUT");
                insist(futex.wakeAll(word) <= 0, "nobody to wake");
            }
        }
        System.out.println("ok: " + backend + ", " + Futex.class.getModule());
    }

    /// Waits on a shared word until it is not 0.
    public static void await(MemorySegment word) throws InterruptedException {
        while ((int) WORD.getVolatile(word, 0L) == 0) {
            Futex.shared().wait(word, 0);
        }
    }

    /// Whether somebody slept there, and was woken for no reason.
    public static boolean wakes(MemorySegment word) {
        return Futex.shared().wakeOne(word) == 1;
    }

    /// Ends the wait.
    public static void end(MemorySegment word) {
        WORD.setVolatile(word, 0L, 1);
        Futex.shared().wakeAll(word);
    }

    private static void insist(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
