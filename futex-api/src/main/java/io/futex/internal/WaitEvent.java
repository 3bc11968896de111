package io.futex.internal;

import io.futex.FutexWait;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/// One sleep, with how long it was. See [Events] for when this class may be touched.
@Name("io.futex.Wait")
@Label("Futex Wait")
@Description("A thread slept on a word")
@Category("Futex")
@Enabled(false)
@Threshold("20 ms")
final class WaitEvent extends Event {
    private static final String THROWN = "THROWN";

    @Label("Scope")
    @Description("local or shared")
    @Nullable
    String scope;

    @Label("Backend")
    @Nullable
    String backend;

    @Label("Result")
    @Description("WOKEN, CHANGED, TIMED_OUT, or THROWN, as by an interrupt")
    @Nullable
    String result;

    @Label("Virtual")
    @Description("Whether the thread is a virtual one")
    boolean virtual;

    /// [Engine#await], recorded.
    static WaitResult await(
            Engine engine, MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        WaitEvent event = new WaitEvent();
        event.begin();
        String result = THROWN;
        try {
            WaitResult ended = engine.await(base, offset, expected, deadline, interruptible);
            result = ended.name();
            return ended;
        } finally {
            event.commit(engine, result);
        }
    }

    /// [Engine#awaitAny], recorded.
    static int awaitAny(Engine engine, FutexWait[] waits, long deadline, boolean interruptible)
            throws InterruptedException {
        WaitEvent event = new WaitEvent();
        event.begin();
        String result = THROWN;
        try {
            int index = engine.awaitAny(waits, deadline, interruptible);
            result = (index < 0 ? WaitResult.TIMED_OUT : WaitResult.WOKEN).name();
            return index;
        } finally {
            event.commit(engine, result);
        }
    }

    private void commit(Engine engine, String ended) {
        end();
        if (shouldCommit()) {
            scope = engine.isShared() ? "shared" : "local";
            backend = engine.backend();
            result = ended;
            virtual = Thread.currentThread().isVirtual();
            commit();
        }
    }
}
