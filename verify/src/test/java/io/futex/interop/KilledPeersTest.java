package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.process.PingPongProgram;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// C waiters that are killed: nobody else is stuck, and the counters say what `docs/layouts.md` says. A kill of who
/// holds something is not survived, and not tried.
@ExtendWith(Seed.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KilledPeersTest {
    private static final int WAITERS = 4;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final Arena arena = Arena.ofShared();
    private final List<Actor> actors = new ArrayList<>();

    @TempDir
    private Path directory;

    private MemorySegment memory;
    private Actor own;

    @BeforeEach
    void map() throws IOException {
        memory = PingPongProgram.map(directory.resolve("words"), arena);
        own = new JavaActor(memory);
        actors.add(own);
    }

    @AfterEach
    void end() {
        actors.forEach(Actor::close);
        arena.close();
    }

    private void openEvents() throws InterruptedException {
        assertThat(own.ask("event_open 16 0")).isEqualTo("DONE");
        assertThat(own.ask("event_open 24 1")).isEqualTo("DONE");
    }

    private CActor actor() throws IOException {
        CActor actor = new CActor(directory.resolve("words"));
        actors.add(actor);
        return actor;
    }

    /// What Java closes, C waits for, and Java opens again.
    enum Place {
        MUTEX("pmutex_lock 0", "pmutex_lock 0", "pmutex_unlock 0", "pmutex_unlock 0"),
        READER("rw_mutex_write_lock 0", "rw_mutex_read_lock 0", "rw_mutex_write_unlock 0", "rw_mutex_read_unlock 0"),
        WRITER("rw_mutex_read_lock 0", "rw_mutex_write_lock 0", "rw_mutex_read_unlock 0", "rw_mutex_write_unlock 0"),
        PERMIT("semaphore_permits 0", "semaphore_acquire 0 1", "semaphore_release 0 1", "semaphore_release 0 1"),
        PERMITS("semaphore_permits 0", "semaphore_acquire 0 3", "semaphore_release 0 3", "semaphore_release 0 3"),
        GROUP("wait_group_add 0 2", "wait_group_wait 0", "wait_group_add 0 -2", "wait_group_count 0"),
        GATE("event_reset 16", "event_wait 16", "event_set 16", "event_is_set 16"),
        TURNSTILE("event_is_set 24", "event_wait 24", "event_set 24", "event_set 24");

        private final String close;
        private final String await;
        private final String open;

        /// What who has waited does to let the next one in.
        private final String passOn;

        Place(String close, String await, String open, String passOn) {
            this.close = close;
            this.await = await;
            this.open = open;
            this.passOn = passOn;
        }
    }

    /// They are killed while it is closed: when they sleep, or are about to.
    @ParameterizedTest
    @EnumSource
    void whoWaitsIsKilledAtRandom(Place place) throws Exception {
        openEvents();
        int killed = 0;
        for (int round = 0; round < Scale.of(4, 400); round++) {
            assertThat(own.ask(place.close)).isNotEqualTo("REFUSED");
            List<CActor> waiters = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                CActor waiter = actor();
                assertThat(waiter.ask("word_get 1024")).isEqualTo("0"); // it has started
                waiters.add(waiter);
            }
            waiters.forEach(waiter -> waiter.begin(place.await));
            LockSupport.parkNanos(random.nextInt(1_000_000)); // not to await anything: the kill comes at any moment
            for (int i = 1 + random.nextInt(WAITERS); i > 0; i--) {
                waiters.removeLast().kill();
                killed++;
            }
            assertThat(own.ask(place.open)).isEqualTo("DONE");
            assertAllPass(place, waiters);
            assertBalance(place, killed);
        }
    }

    /// Each lets the next one in.
    private void assertAllPass(Place place, List<CActor> waiters) throws InterruptedException {
        for (int left = waiters.size(); left > 0; left--) {
            CActor first = firstOf(waiters);
            assertThat(first.answer()).as("%s", place).isEqualTo("DONE");
            waiters.remove(first);
            assertThat(first.ask(place.passOn)).isNotEqualTo("REFUSED");
            first.close();
        }
    }

    private static CActor firstOf(List<CActor> waiters) {
        CActor[] first = new CActor[1];
        Await.until("one of them passes", () -> {
            first[0] = waiters.stream().filter(Actor::hasAnswered).findFirst().orElse(null);
            return first[0] != null;
        });
        return first[0];
    }

    private void assertBalance(Place place, int killed) throws InterruptedException {
        switch (place) {
            case MUTEX -> {
                assertThat(Integer.parseInt(own.ask("pmutex_waiters 0"))).isBetween(0, killed);
                assertThat(own.ask("pmutex_is_locked 0")).isEqualTo("0");
            }
            case READER, WRITER -> {
                // Whoever looks may find the flags of the dead, which bar a mere try until somebody has waited.
                assertThat(own.ask("rw_mutex_write_lock 0 0 60000")).isEqualTo("DONE");
                assertThat(own.ask("rw_mutex_write_unlock 0")).isEqualTo("DONE");
            }
            case PERMIT -> {
                assertThat(own.ask("semaphore_permits 0")).isEqualTo("1");
                assertThat(Integer.parseInt(own.ask("semaphore_waiters 0"))).isBetween(0, killed);
                assertThat(own.ask("semaphore_reduce 0 9")).isEqualTo("1");
            }
            case PERMITS -> assertThat(own.ask("semaphore_reduce 0 9")).isEqualTo("3");
            case GROUP ->
                assertThat(memory.get(ValueLayout.JAVA_LONG, 0) & 0xFFFFFFFFL).isZero();
            case GATE -> assertThat(own.ask("event_is_set 16")).isEqualTo("1");
            case TURNSTILE -> {
                // Those that the dead were counted for are used by who comes.
                int passes = (int) memory.get(ValueLayout.JAVA_LONG, 24);
                assertThat(passes).isBetween(1, killed + 1);
                for (int i = 0; i < passes; i++) {
                    assertThat(own.ask("event_wait 24 0 0")).isEqualTo("DONE");
                }
                assertThat(own.ask("event_wait 24 0 0")).isEqualTo("TIMED_OUT");
            }
        }
    }

    /// The mutex, at 64, is Java's while they are killed: so none of them dies as its owner.
    @Test
    void whoWaitsForAConditionIsKilledAtRandom() throws Exception {
        int killed = 0;
        for (int round = 0; round < Scale.of(4, 400); round++) {
            List<CActor> waiters = new ArrayList<>();
            for (int i = 0; i < WAITERS; i++) {
                CActor waiter = actor();
                assertThat(waiter.ask("pmutex_lock 64")).isEqualTo("DONE");
                waiter.begin("pcondition_wait 0 64");
                waiters.add(waiter);
            }
            assertThat(own.ask("pmutex_lock 64")).isEqualTo("DONE");
            if (random.nextBoolean()) {
                assertThat(own.ask("pcondition_signal 0 64")).isEqualTo("DONE");
            }
            for (int i = 1 + random.nextInt(WAITERS); i > 0; i--) {
                waiters.remove(random.nextInt(waiters.size())).kill();
                killed++;
            }
            assertThat(own.ask("pcondition_signal_all 0 64")).isEqualTo("DONE");
            assertThat(own.ask("pmutex_unlock 64")).isEqualTo("DONE");
            for (int left = waiters.size(); left > 0; left--) {
                CActor first = firstOf(waiters);
                assertThat(first.answer()).isEqualTo("DONE");
                waiters.remove(first);
                assertThat(first.ask("pmutex_unlock 64")).isEqualTo("DONE");
                first.close();
            }
            assertThat(own.ask("pcondition_waiters 0 64")).isEqualTo(String.valueOf(killed));
            assertThat(memory.get(ValueLayout.JAVA_INT, 8)).as("signalled").isBetween(0, killed);
        }
    }

    /// The lock is open, and of those that sleep the one that was woken has died: others look by themselves.
    @ParameterizedTest
    @CsvSource({"READER, READER", "READER, WRITER", "WRITER, READER", "WRITER, WRITER"})
    void whoDiesWhenItIsWokenLeavesTheLockToOthers(Place dies, Place lives) throws Exception {
        assertThat(own.ask(dies.close)).isEqualTo("DONE");
        CActor dying = actor();
        dying.ask("die_when_woken");
        dying.begin(dies.await);
        dying.awaitAsleep(dies == Place.READER ? 4 : 8);
        CActor other = actor();
        other.begin(lives.await);
        other.awaitAsleep(lives == Place.READER ? 4 : 8);
        assertThat(own.ask(dies.open)).isEqualTo("DONE");
        dying.awaitDeath();
        assertThat(other.answer()).isEqualTo("DONE");
        assertThat(other.ask(lives.passOn)).isEqualTo("DONE");
    }

    /// Who dies before its wake, or when it has been woken, leaves others asleep until the next one of its kind.
    @ParameterizedTest
    @EnumSource(names = {"MUTEX", "PERMIT", "TURNSTILE"})
    void whoDiesWhenItIsWokenIsMadeUpByTheNext(Place place) throws Exception {
        openEvents();
        long word = place == Place.TURNSTILE ? 24 : 0; // on a little-endian system, as all are that run this
        assertThat(own.ask(place.close)).isNotEqualTo("REFUSED");
        CActor dying = actor();
        dying.ask("die_when_woken");
        dying.begin(place.await);
        dying.awaitAsleep(word);
        CActor other = actor();
        other.begin(place.await);
        other.awaitAsleep(word);
        assertThat(own.ask(place.open)).isEqualTo("DONE");
        dying.awaitDeath();
        assertThat(other.hasAnswered()).isFalse();
        if (place == Place.MUTEX) {
            assertThat(own.ask("pmutex_try_lock 0")).as("it is free").isEqualTo("1");
        }
        assertThat(own.ask(place.open)).isEqualTo("DONE");
        assertThat(other.answer()).isEqualTo("DONE");
    }

    @Test
    void anOnceWhoseRunnerWasKilledIsNeverDone() throws Exception {
        CActor runner = actor();
        assertThat(runner.ask("once_begin 0")).isEqualTo("RUN");
        CActor waiter = actor();
        waiter.begin("once_run 0");
        waiter.awaitAsleep(0);
        waiter.kill();
        runner.kill();
        assertThat(own.ask("once_run 0 0 2")).isEqualTo("TIMED_OUT");
        assertThat(actor().ask("once_run 0 0 2")).isEqualTo("TIMED_OUT");
        assertThat(own.ask("once_is_done 0")).isEqualTo("0");
    }

    @Test
    void aKilledOwnerOfAParkerIsNotInTheWayOfTheNext() throws Exception {
        CActor killed = actor();
        killed.begin("parker_park 0");
        killed.awaitAsleep(0);
        killed.kill();
        CActor next = actor();
        next.begin("parker_park 0");
        next.awaitAsleep(0);
        CActor unparking = actor();
        unparking.ask("die_before_wake");
        unparking.begin("parker_unpark 0");
        unparking.awaitDeath();
        assertThat(next.hasAnswered())
                .as("the permit is there, and nobody has woken it")
                .isFalse();
        assertThat(own.ask("parker_unpark 0")).isEqualTo("DONE");
        assertThat(next.answer()).isEqualTo("DONE");
    }

    /// The dead has arrived. If the barrier is broken and reset instead, it is given up after a second.
    @Test
    void aBarrierGivesUpItsDead() throws Exception {
        assertThat(own.ask("barrier_open 0 3")).isEqualTo("DONE");
        CActor dead = actor();
        dead.begin("barrier_wait 0");
        dead.awaitAsleep(4);
        dead.kill();
        CActor tired = actor();
        assertThat(tired.ask("barrier_wait 0 0 2")).isEqualTo("TIMED_OUT");
        assertThat(tired.ask("barrier_reset 0")).isEqualTo("DONE");
        List<CActor> living = List.of(actor(), actor(), actor());
        living.forEach(actor -> actor.begin("barrier_wait 0"));
        for (CActor actor : living) {
            assertThat(actor.answer()).isBetween("0", "2");
        }
    }
}
