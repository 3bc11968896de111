package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.FutexWait;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Several shared words, on a system that answers as told: who gets the wakes that the system has consumed.
class WaitAnyTest {
    private static final int WORDS = 4;

    private final MemorySegment memory = Arena.ofAuto().allocate(WORDS * 64L, 64);
    private final FutexWait[] waits = new FutexWait[WORDS];
    private final Told backend = new Told();
    private final Engine shared = Engine.shared(backend);

    WaitAnyTest() {
        for (int i = 0; i < WORDS; i++) {
            waits[i] = new FutexWait(memory, i * 64L, 0);
        }
    }

    /// The system tells one of the words that were woken; the others may have been too.
    @Test
    void passesOnWhatOtherWordsMayHaveLost() throws Exception {
        backend.answers.add(2);
        assertThat(shared.waitAny(waits)).isEqualTo(2);
        assertThat(backend.woken).containsExactly(0L, 64L, 192L);
    }

    /// An interrupt is told as the word after the last one, and hides what else was woken.
    @Test
    void anInterruptPassesEverythingOn() {
        backend.answers.add(WORDS);
        backend.during = () -> Thread.currentThread().interrupt();
        assertThatThrownBy(() -> shared.waitAny(waits)).isInstanceOf(InterruptedException.class);
        assertThat(backend.woken).containsExactly(0L, 64L, 128L, 192L);
        assertThat(Thread.interrupted()).isFalse();
    }

    /// Beside a permit that was given late a wake may have come: to sleep again would lose it.
    @Test
    void aLatePermitIsAReturnForNoReason() throws Exception {
        backend.answers.add(WORDS);
        assertThat(shared.waitAny(waits)).isBetween(0, WORDS - 1);
        assertThat(backend.woken).hasSize(WORDS);
        backend.answers.add(WORDS);
        backend.during = () -> set(1);
        assertThat(shared.waitAny(waits)).isEqualTo(1);
    }

    /// The address may belong to somebody else by then, for whom the wake was.
    @Test
    void aWakeOfClosedMemoryIsPassedOn() {
        Arena arena = Arena.ofShared();
        waits[2] = new FutexWait(arena.allocate(4, 4), 0, 0);
        backend.answers.add(2);
        backend.during = arena::close;
        assertThatThrownBy(() -> shared.waitAny(waits)).isInstanceOf(IllegalStateException.class);
        assertThat(backend.woken).hasSize(WORDS);
    }

    /// A wake that comes with an interrupt is not lost: its word is told, and the status stays for the next call.
    @Test
    void aWakeComesBeforeAnInterrupt() throws Exception {
        backend.answers.add(0);
        backend.during = () -> Thread.currentThread().interrupt();
        assertThat(shared.waitAny(waits)).isZero();
        assertThat(Thread.interrupted()).isTrue();
    }

    /// Such as a signal handler that has run.
    @Test
    void sleepsAgainAfterNothing() throws Exception {
        backend.answers.add(-1);
        backend.answers.add(-1);
        backend.answers.add(3);
        assertThat(shared.waitAny(waits)).isEqualTo(3);
        assertThat(backend.diagnosed).isEqualTo(2);
    }

    @Test
    void looksWhichWordHasChanged() throws Exception {
        backend.answers.add(-1);
        backend.during = () -> set(2);
        assertThat(shared.waitAny(waits)).isEqualTo(2);
        assertThat(backend.woken).isEmpty();
    }

    @Test
    void aWakeMayComeWhileItAsksWhy() throws Exception {
        backend.answers.add(-1);
        backend.diagnosis = 1;
        assertThat(shared.waitAny(waits)).isEqualTo(1);
        assertThat(backend.woken).containsExactly(0L, 128L, 192L);
    }

    @Test
    void whatTheSystemRefusesIsThrown() {
        backend.answers.add(-1);
        backend.refusal = new FutexException("no memory");
        assertThatThrownBy(() -> shared.waitAny(waits)).isSameAs(backend.refusal);
    }

    @Test
    void theTimeIsOver() {
        backend.answers.add(-1);
        assertThat(shared.waitAnyUninterruptibly(waits, 1, TimeUnit.NANOSECONDS))
                .isEqualTo(-1);
        assertThat(backend.diagnosed).isZero();
    }

    private void set(int index) {
        memory.set(ValueLayout.JAVA_INT, index * 64L, 1);
    }

    private final class Told implements FutexBackend {
        private final List<Integer> answers = new ArrayList<>();
        private final List<Long> woken = new ArrayList<>();
        private Runnable during = () -> {};
        private int diagnosed;
        private int diagnosis = -1;
        private FutexException refusal;

        @Override
        public String name() {
            return "told";
        }

        @Override
        public Set<Capability> capabilities(boolean shared) {
            return Set.of(Capability.PROCESS_SHARED);
        }

        @Override
        public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
            throw new AssertionError("waits for several words");
        }

        @Override
        public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
            assertThat(shared).isTrue();
            assertThat(count).isEqualTo(1);
            woken.add(base.address() + offset - memory.address());
            return 0;
        }

        @Override
        public boolean waitsForAny() {
            return true;
        }

        @Override
        public int awaitAny(FutexWait[] asked, MemorySegment own, int ownExpected, long deadline) {
            assertThat(asked).isSameAs(waits);
            during.run();
            return answers.removeFirst();
        }

        @Override
        public int diagnoseAny(FutexWait[] asked) {
            diagnosed++;
            if (refusal != null) {
                throw refusal;
            }
            return diagnosis;
        }
    }
}
