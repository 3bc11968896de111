package io.futex.internal;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/// One wake that was not elided. See [Events] for when this class may be touched.
@Name("io.futex.Wake")
@Label("Futex Wake")
@Description("A thread woke those that sleep on a word; not where it was known that nobody does")
@Category("Futex")
@Enabled(false)
final class WakeEvent extends Event {
    @Label("Scope")
    @Description("local or shared")
    @Nullable
    String scope;

    @Label("Backend")
    @Nullable
    String backend;

    @Label("Count")
    @Description("How many threads to wake at most")
    int count;

    @Label("Woken")
    @Description("How many were woken; -1 where the system does not tell")
    int woken;

    /// Writes one down.
    static int made(Engine engine, int count, int woken) {
        WakeEvent event = new WakeEvent();
        if (event.shouldCommit()) {
            event.scope = engine.isShared() ? "shared" : "local";
            event.backend = engine.backend();
            event.count = count;
            event.woken = woken;
            event.commit();
        }
        return woken;
    }
}
