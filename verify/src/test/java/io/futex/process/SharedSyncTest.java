package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import io.futex.sync.Barrier;
import io.futex.sync.PCondition;
import io.futex.sync.PMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A mutex, a condition and a barrier in a mapped file, between this JVM and another process: a second JVM, or a C
/// program.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedSyncTest {
    @TempDir
    private Path directory;

    private final Arena arena = Arena.ofShared();
    private final List<Process> processes = new ArrayList<>();
    private MemorySegment memory;

    enum Peer {
        JVM,
        C
    }

    @BeforeEach
    void map() throws Exception {
        memory = PingPongProgram.map(directory.resolve("words"), arena);
    }

    @AfterEach
    void close() {
        processes.forEach(Process::destroyForcibly);
        arena.close();
    }

    @ParameterizedTest
    @EnumSource
    void mutexExcludes(Peer peer) throws Exception {
        int times = Scale.of(50_000, 5_000_000);
        Process other = start(peer, "count", times, 1);
        SyncProgram own = new SyncProgram(memory);
        // A process takes longer to start than all of it takes.
        Await.until("the other process counts", () -> {
            assertThat(other.isAlive()).isTrue();
            return own.counted(1) != 0;
        });
        own.count(times, 0);
        awaitPeers();
        assertThat(counter()).isEqualTo((long) own.counted(0) + own.counted(1));
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.MUTEX)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void mutexWakesTheOtherProcess(Peer peer) throws Exception {
        PMutex mutex = PMutex.shared(memory, SyncProgram.MUTEX);
        mutex.lock();
        try {
            SyncProgram own = new SyncProgram(memory);
            own.letGo();
            Sleeper.await(start(peer, "hold", 0), directory.resolve("words"), SyncProgram.MUTEX);
            Await.until("it is counted", () -> mutex.waiters() == 1); // the sleep is not seen on every machine
            assertThat(counter()).isZero();
        } finally {
            mutex.unlock();
        }
        awaitPeers();
        assertThat(counter()).isEqualTo(2);
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.MUTEX)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void mutexIsWokenByTheOtherProcess(Peer peer) throws Exception {
        start(peer, "hold", 0);
        Await.until("the other process holds it", () -> counter() == 1);
        PMutex mutex = PMutex.shared(memory, SyncProgram.MUTEX);
        Waiter waiter = Waiter.platform(() -> {
            mutex.lock();
            try {
                return counter();
            } finally {
                mutex.unlock();
            }
        });
        waiter.awaitAsleep(memory.asSlice(SyncProgram.MUTEX, 4));
        new SyncProgram(memory).letGo();
        assertThat(waiter.result()).isEqualTo(2L);
        awaitPeers();
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.MUTEX)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void conditionPassesTheTurn(Peer peer) throws Exception {
        int turns = Scale.of(4_000, 400_000);
        start(peer, "turns", turns, 1, 2);
        new SyncProgram(memory).takeTurns(turns, 0, 2);
        awaitPeers();
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.TURN)).isEqualTo(turns);
        assertNobodyWaits();
    }

    @ParameterizedTest
    @EnumSource
    void conditionWakesAll(Peer peer) throws Exception {
        int turns = Scale.of(1_500, 150_000);
        start(peer, "turns", turns, 1, 3);
        start(Peer.JVM, "turns", turns, 2, 3);
        new SyncProgram(memory).takeTurns(turns, 0, 3);
        awaitPeers();
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.TURN)).isEqualTo(turns);
        assertNobodyWaits();
    }

    @ParameterizedTest
    @EnumSource
    void barrierMeets(Peer peer) throws Exception {
        int generations = Scale.of(1_000, 100_000);
        start(peer, "meet", generations, 1, 3);
        start(Peer.JVM, "meet", generations, 2, 3);
        new SyncProgram(memory).meet(generations, 0, 3);
        awaitPeers();
        // One leader each.
        assertThat(counter()).isEqualTo(generations);
    }

    @ParameterizedTest
    @EnumSource
    void resetSendsTheOtherAway(Peer peer) throws Exception {
        Barrier barrier = Barrier.shared(memory, SyncProgram.BARRIER, 2);
        Process other = start(peer, "join", 2);
        Await.until("the other process has arrived", () -> barrier.waiters() == 1);
        barrier.reset();
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        if (peer == Peer.C) {
            assertThat(other.exitValue()).isEqualTo(3);
        } else {
            assertThat(other.exitValue()).isNotZero();
            assertThat(err()).contains(BrokenBarrierException.class.getName());
        }
        processes.clear();
    }

    @ParameterizedTest
    @EnumSource
    void isSentAwayByTheOther(Peer peer) throws Exception {
        Barrier barrier = Barrier.shared(memory, SyncProgram.BARRIER, 2);
        Waiter waiter = Waiter.platform(barrier::await).awaitAsleep(memory.asSlice(SyncProgram.BARRIER + 4, 4));
        start(peer, "reset", 2);
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
        awaitPeers();
        assertThat(barrier.isBroken()).isFalse();
        start(peer, "join", 2);
        barrier.await();
        awaitPeers();
    }

    /// The dead do not leave a broken barrier: after a second they are given up, by whoever comes.
    @ParameterizedTest
    @EnumSource
    void killedWhenItHadToLeave(Peer peer) throws Exception {
        Barrier barrier = Barrier.shared(memory, SyncProgram.BARRIER, 3);
        Process other = start(peer, "join", 3);
        Await.until("the other process has arrived", () -> barrier.waiters() == 1);
        other.destroyForcibly().waitFor();
        processes.clear();
        assertThatThrownBy(() -> barrier.await(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        barrier.reset();
        start(peer, "join", 3);
        start(Peer.JVM, "join", 3);
        barrier.await();
        awaitPeers();
        assertThat(barrier.isBroken()).isFalse();
    }

    /// Time that is over in one process breaks the generation in the other.
    @Test
    void timeThatIsOverBreaksIt() throws Exception {
        Barrier barrier = Barrier.shared(memory, SyncProgram.BARRIER, 3);
        Waiter waiter = Waiter.platform(barrier::await).awaitAsleep(memory.asSlice(SyncProgram.BARRIER + 4, 4));
        Process other = start(Peer.C, "tire", 3);
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(other.exitValue()).isEqualTo(3);
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        processes.clear();
    }

    /// The dead have arrived: the generation passes, and the next one is mended by whoever is tired of waiting.
    @ParameterizedTest
    @EnumSource
    void killedWhileItWaits(Peer peer) throws Exception {
        Barrier barrier = Barrier.shared(memory, SyncProgram.BARRIER, 2);
        Process other = start(peer, "join", 2);
        Await.until("the other process has arrived", () -> barrier.waiters() == 1);
        other.destroyForcibly().waitFor();
        processes.clear();
        assertThat(barrier.await()).isZero();
        assertThatThrownBy(() -> barrier.await(1, TimeUnit.MILLISECONDS))
                .isInstanceOf(java.util.concurrent.TimeoutException.class);
        barrier.reset();
        start(peer, "join", 2);
        barrier.await();
        awaitPeers();
    }

    @ParameterizedTest
    @EnumSource
    void whoDisagreesIsRefused(Peer peer) throws Exception {
        Barrier.shared(memory, SyncProgram.BARRIER, 2);
        Process other = start(peer, "join", 3);
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(other.exitValue()).isNotZero();
        assertThat(err()).contains("parties");
        processes.clear();
    }

    @ParameterizedTest
    @EnumSource
    void whoIsOneTooManyForAConditionIsRefused(Peer peer) throws Exception {
        memory.set(ValueLayout.JAVA_INT, SyncProgram.CONDITION + 4, Integer.MAX_VALUE);
        Process other = start(peer, "turns", 2, 1, 2);
        assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(other.exitValue()).isNotZero();
        assertThat(err()).contains("wait");
        assertThat(memory.get(ValueLayout.JAVA_INT, SyncProgram.CONDITION + 4)).isEqualTo(Integer.MAX_VALUE);
        processes.clear();
    }

    private void assertNobodyWaits() {
        PMutex mutex = PMutex.shared(memory, SyncProgram.MUTEX);
        assertThat(PCondition.shared(memory, SyncProgram.CONDITION, mutex))
                .hasToString("PCondition[waiting=0, signalled=0]");
    }

    private Process start(Peer peer, String what, int... numbers) throws Exception {
        List<String> arguments = new ArrayList<>();
        arguments.add(directory.resolve("words").toString());
        arguments.add(what);
        Arrays.stream(numbers).mapToObj(String::valueOf).forEach(arguments::add);
        Path out = directory.resolve("out" + processes.size());
        Path err = directory.resolve("err" + processes.size());
        Process process;
        if (peer == Peer.JVM) {
            List<String> java = new ArrayList<>(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    ClassPath.ofTests(),
                    SyncProgram.class.getName()));
            java.addAll(arguments);
            process = ForkedJvm.java(java.toArray(new String[0])).start(out, err);
        } else {
            arguments.add(0, CProgram.compiled("sync").toString());
            process = new ProcessBuilder(arguments)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
        }
        processes.add(process);
        return process;
    }

    private long counter() {
        return (long) ValueLayout.JAVA_LONG.varHandle().getVolatile(memory, SyncProgram.COUNTER);
    }

    private void awaitPeers() throws Exception {
        for (Process process : processes) {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(err()).isZero();
        }
    }

    private String err() throws Exception {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < processes.size(); i++) {
            all.append(Files.readString(directory.resolve("err" + i)));
        }
        return all.toString();
    }
}
