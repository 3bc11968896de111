package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.sync.RwMutexLottery.Sleep;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The library's own code under a lottery of interleavings: readers, writers, threads that turn from one into the
/// other, threads that give up by time and by interrupt at any moment, look without being woken, or never come.
class RwMutexScheduleTest {
    private static final int RUNS = Scale.of(1_000, 100_000);

    /// By when a mistake must have been found, with seeds that are the same each time: the slowest takes 1 000.
    private static final int ENOUGH = 20_000;

    private static final List<Consumer<RwMutexLottery>> SCENARIOS = List.of(
            RwMutexLottery::readersAndWriters,
            RwMutexLottery::manyWhoGiveUp,
            RwMutexLottery::readerBehindWriterThatGivesUp,
            RwMutexLottery::writersOfWhichOneGivesUp,
            RwMutexLottery::readerThatGivesUpAmongWriters,
            RwMutexLottery::readerThatGivesUpBehindWriters,
            RwMutexLottery::readerThatOnlyDowngradeLetsIn,
            RwMutexLottery::readersBehindWriter,
            RwMutexLottery::readersTurnBeforeWriters);

    /// No wake tells whether it has reached anybody.
    @ParameterizedTest
    @EnumSource(
            value = Sleep.class,
            names = {"SOUND", "POLLING"})
    void neverHangsNorLetsWritersMeetNorIsOvertaken(Sleep sleep) {
        for (long seed = 0; seed < RUNS; seed++) {
            for (Consumer<RwMutexLottery> scenario : SCENARIOS) {
                scenario.accept(new RwMutexLottery(seed, new RwMutexMistakes.NoMistake(), sleep));
                scenario.accept(new RwMutexLottery(seed, new RwMutexMistakes.NoMistake(), sleep, true));
                scenario.accept(new RwMutexLottery(seed, new RwMutexMistakes.NoMistake(true), sleep));
                scenario.accept(new RwMutexLottery(seed, new RwMutexMistakes.Patient(), sleep));
                scenario.accept(new RwMutexLottery(seed, new RwMutexMistakes.Patient(), sleep, true));
            }
        }
    }

    /// A local lock with virtual threads, and a shared one.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goesOnWithoutThoseWhoNeverCome(boolean write) {
        for (long seed = 0; seed < RUNS; seed++) {
            new RwMutexLottery(seed, new RwMutexMistakes.Patient(), Sleep.SOUND, true).someWhoNeverCome(write);
            new RwMutexLottery(seed, new RwMutexMistakes.NoMistake(), Sleep.SOUND, true).someWhoNeverCome(write);
            new RwMutexLottery(seed, new RwMutexMistakes.NoMistake(true)).someWhoNeverCome(write);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsThatNobodyIsDeputy(boolean write) {
        assertFinds(
                seed -> new RwMutexLottery(seed, new RwMutexMistakes.NobodyIsDeputy(), Sleep.SOUND, true),
                run -> run.someWhoNeverCome(write));
    }

    @Test
    void findsDeputyThatIsWokenAsReader() {
        assertFinds(
                seed -> new RwMutexLottery(seed, new RwMutexMistakes.DeputyIsWokenAsReader(), Sleep.SOUND, true),
                RwMutexLottery::readersBehindWriter);
    }

    @Test
    void findsLastReaderThatOpensToAnybody() {
        assertFinds(RwMutexMistakes.LastReaderOpensToAnybody::new, RwMutexLottery::readersBehindWriter);
    }

    @Test
    void findsWriterThatTakesTheReadersTurn() {
        assertFinds(
                seed -> new RwMutexLottery(seed, new RwMutexMistakes.WriterTakesReadersTurn(), Sleep.POLLING),
                RwMutexLottery::readersTurnBeforeWriters);
    }

    @Test
    void findsWriterThatSleepsOnWoken() {
        assertFinds(RwMutexMistakes.WriterSleepsOnWoken::new, RwMutexLottery::readersAndWriters);
    }

    @Test
    void findsWriterThatDeclaresTheReadersTurn() {
        assertFinds(RwMutexMistakes.WriterDeclaresReadersTurn::new, RwMutexLottery::manyWhoGiveUp);
    }

    @Test
    void findsLeavingReaderThatKeepsTheTurn() {
        assertFinds(RwMutexMistakes.LeavingReaderKeepsTurn::new, RwMutexLottery::readerThatGivesUpAmongWriters);
    }

    @Test
    void findsLeavingReaderThatStaysCertain() {
        assertFinds(RwMutexMistakes.LeavingReaderStaysCertain::new, RwMutexLottery::readerThatGivesUpAmongWriters);
    }

    @Test
    void findsEarlierReadersThatStayCertain() {
        assertFinds(RwMutexMistakes.EarlierReadersStayCertain::new, RwMutexLottery::readerThatGivesUpBehindWriters);
    }

    @Test
    void findsWokenWriterThatForgetsOthers() {
        assertFinds(RwMutexMistakes.WokenWriterForgetsOthers::new, RwMutexLottery::readersAndWriters);
    }

    @Test
    void findsLeavingWriterThatKeepsTheWake() {
        assertFinds(RwMutexMistakes.LeavingWriterKeepsWake::new, RwMutexLottery::writersOfWhichOneGivesUp);
    }

    @Test
    void findsLeavingWriterThatForgetsReaders() {
        assertFinds(RwMutexMistakes.LeavingWriterForgetsReaders::new, RwMutexLottery::readerBehindWriterThatGivesUp);
    }

    @Test
    void findsLeavingReaderThatKeepsReserved() {
        assertFinds(RwMutexMistakes.LeavingReaderKeepsReserved::new, RwMutexLottery::readerThatGivesUpAmongWriters);
    }

    @Test
    void findsWriterThatForgetsReaders() {
        assertFinds(RwMutexMistakes.WriterForgetsReaders::new, RwMutexLottery::readersAndWriters);
    }

    @Test
    void findsLastReaderThatForgetsWriters() {
        assertFinds(RwMutexMistakes.LastReaderForgetsWriters::new, RwMutexLottery::readersAndWriters);
    }

    @Test
    void findsWriterThatStopsReadersForNobody() {
        assertFinds(RwMutexMistakes.WokenWriterIsSureOfOthers::new, RwMutexLottery::readerThatOnlyDowngradeLetsIn);
    }

    @Test
    void findsDowngradeThatForgetsReaders() {
        assertFinds(RwMutexMistakes.DowngradeForgetsReaders::new, RwMutexLottery::readerThatOnlyDowngradeLetsIn);
    }

    /// Whose sleep does not end when its wake came just before it.
    @Test
    void findsWakerThatDoesNotCountTheTurn() {
        assertFinds(
                seed -> new RwMutexLottery(seed, new RwMutexMistakes.Patient(), Sleep.TURN_STAYS),
                RwMutexLottery::readersAndWriters);
    }

    private static void assertFinds(Supplier<RwMutexMistakes.NoMistake> rules, Consumer<RwMutexLottery> scenario) {
        assertFinds(seed -> new RwMutexLottery(seed, rules.get()), scenario);
    }

    private static void assertFinds(LongFunction<RwMutexLottery> run, Consumer<RwMutexLottery> scenario) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < ENOUGH; seed++) {
                        scenario.accept(run.apply(seed));
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed");
    }
}
