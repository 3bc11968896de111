package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.sync.Event;
import io.futex.sync.Semaphore;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Semaphore and Event in a mapped file: this JVM on one side, another one or a C program on the other.
class SharedPrimitivesTest extends SharedFile {
    private static final int ROUNDS = Scale.of(500, 1_000_000);

    SharedPrimitivesTest() {
        super(PermitProgram.class, "permits");
    }

    @ParameterizedTest
    @EnumSource
    void semaphore(Side side) throws Exception {
        Semaphore semaphore = Semaphore.shared(memory, PermitProgram.SEMAPHORE);
        Semaphore answers = Semaphore.shared(memory, PermitProgram.ANSWERS);
        Process child = start(side, "semaphore", ROUNDS);
        PermitProgram.releases(memory, ROUNDS);
        assertEnds(child);
        assertThat(data()).isEqualTo(2 * ROUNDS);
        for (Semaphore each : List.of(semaphore, answers)) {
            assertThat(each.toString()).startsWith("Semaphore[permits=0").doesNotContain("waiters=");
        }
    }

    @ParameterizedTest
    @EnumSource
    void event(Side side) throws Exception {
        Event auto = Event.shared(memory, PermitProgram.AUTO, true);
        Event back = Event.shared(memory, PermitProgram.BACK, true);
        Process child = start(side, "event", ROUNDS);
        for (int i = 0; i < ROUNDS; i++) {
            PermitProgram.count(memory, 2 * i);
            auto.set();
            back.await();
        }
        PermitProgram.openAndClose(memory, PermitProgram.MANUAL);
        Event gate = Event.shared(memory, PermitProgram.MANUAL_BACK, false);
        gate.await();
        assertEnds(child);
        assertThat(gate).hasToString("Event[manual-reset, not set]");
        assertThat(back).hasToString("Event[auto-reset, not set]");
        assertThat(data()).isEqualTo(2 * ROUNDS);
        assertThat(auto).hasToString("Event[auto-reset, not set]");
        assertThatIllegalStateException()
                .as("the mode stands in the file")
                .isThrownBy(() -> Event.shared(memory, PermitProgram.MANUAL, true));
    }

    /// As many wait as can be counted; who comes beyond must not be taken for another flag.
    @ParameterizedTest
    @CsvSource({"JAVA, semaphore", "JAVA, event", "C, semaphore", "C, event"})
    void whoCannotBeCountedIsRefused(Side side, String part) throws Exception {
        boolean event = part.equals("event");
        long full = (event ? 2L << 62 : 0) | ((1L << 29) - 1) << 32;
        long offset = event ? PermitProgram.AUTO : PermitProgram.SEMAPHORE;
        memory.set(ValueLayout.JAVA_LONG, offset, full);
        Process child = start(side, part, ROUNDS);
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).isNotZero();
        assertThat(said()).contains("wait");
        assertThat(memory.get(ValueLayout.JAVA_LONG, offset)).isEqualTo(full);
    }

    /// What the Javadoc says of a process that is killed while it waits: nobody else suffers from it.
    @Test
    void aKilledWaiterTakesNothingWithIt() throws Exception {
        Semaphore semaphore = Semaphore.shared(memory, PermitProgram.ANSWERS);
        Semaphore one = Semaphore.shared(memory, PermitProgram.SEMAPHORE);
        Event auto = Event.shared(memory, PermitProgram.AUTO, true);
        Process bulk = start(Side.JAVA, "semaphore", ROUNDS);
        one.release();
        Await.until("the other waits", () -> one.toString().contains("several"));
        bulk.destroyForcibly().waitFor();
        one.release(3);
        assertThat(one.tryAcquire(3, 1, TimeUnit.MINUTES)).isTrue();
        Process passing = start(Side.JAVA, "event", ROUNDS);
        Await.until("the other waits", () -> auto.toString().contains("waiters=1"));
        passing.destroyForcibly().waitFor();
        auto.set();
        assertThat(auto.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(auto.await(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(semaphore.tryAcquire()).isFalse();
    }
}
