package io.futex.internal;

import io.futex.Futex;
import io.futex.FutexException;
import io.futex.memory.Words;
import io.futex.spi.FutexBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The choice of this process, made on first use. An Error on the way, for want of memory, is thrown once, and the next
/// call tries again: nothing here is done by an initialiser.
public final class Backends {
    private static volatile @Nullable Selection selection;

    private Backends() {}

    /// As [Futex#local()].
    public static Futex local() {
        return selection().orThrow().local();
    }

    /// As [Futex#shared()].
    public static Futex shared() {
        return selection().orThrow().shared();
    }

    /// As [Futex#available()].
    public static List<Futex> available() {
        Selection unused = selection();
        return Catalog.get().available();
    }

    /// As [Futex#unavailable()].
    public static Map<String, String> unavailable() {
        Selection unused = selection();
        return Catalog.get().unavailable();
    }

    /// What the shared futex reaches the system by, for all that is no wait: whose end the system tells, and files of
    /// memory. Null where none is in use.
    public static @Nullable FutexBackend ofSystem() {
        return selection().orThrow().shared().system();
    }

    private static Selection selection() {
        Selection made = selection;
        return made != null ? made : select();
    }

    /// Under a lock, which the other thread does not take: many first callers need one such thread.
    private static synchronized Selection select() {
        for (; ; ) {
            Selection made = selection;
            if (made != null) {
                return made;
            }
            new FirstUse().await();
        }
    }

    private static final class FirstUse extends FreshStack {
        FirstUse() {
            super("futex-first-use");
        }

        @Override
        protected void use() {
            Selection made = Selection.choose(
                    System.getProperty("io.futex.backend"),
                    System.getProperty("io.futex.binding"),
                    System.getProperty("io.futex.require"));
            warmUp(made.scopes());
            selection = made;
            if (made.warning() != null) { // by a logger that may itself wait on words
                System.getLogger("io.futex").log(System.Logger.Level.WARNING, made.warning());
            }
        }
    }

    /// Waits and wakes for nobody, so that every class that takes is there: initialised where an initialiser has all
    /// the stack it needs, and not between an interruptible wait's `begin()` and its sleep. A class loader that reads
    /// by a channel there would take the interruptor away; and where an interrupt hits it, the class is missing for
    /// good.
    ///
    /// No class that is initialised here may ask for a futex in its initialiser: the one who asks waits for this
    /// thread, which would wait for that initialiser.
    private static void warmUp(Catalog.@Nullable Scopes scopes) {
        if (scopes == null) {
            return;
        }
        Words.warmUp(scopes.local());
        for (Engine engine : new Engine[] {scopes.local(), scopes.shared()}) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment word = arena.allocate(Integer.BYTES, Integer.BYTES);
                engine.tryOut(word, false);
                engine.tryOut(word, true);
                Thread.currentThread().interrupt();
                engine.tryOut(word, true);
            } catch (InterruptedException e) {
                // as it should be
            } catch (FutexException e) {
                // the next wait will say so itself
            }
        }
    }
}
