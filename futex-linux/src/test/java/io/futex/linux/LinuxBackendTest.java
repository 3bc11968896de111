package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.linux.FakeCalls.Call;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import io.futex.spi.ThreadBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The backend on a kernel that answers as told: every error, and the exact arguments of every call.
class LinuxBackendTest {
    private static final int FUTEX = 202;
    private static final int WAKE = 454;
    private static final int WAIT = 455;

    private static final int EPERM = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int ETIMEDOUT = 110;

    private static final long ALL = 0xFFFF_FFFFL;
    private static final long FAR = Long.MAX_VALUE - 1;

    private final SystemCalls numbers = SystemCalls.of("amd64");
    private final FakeCalls calls = new FakeCalls();
    private final MemorySegment record = Arena.ofAuto().allocate(128, 128);
    private final long address = record.address() + 64;

    @ParameterizedTest
    @CsvSource({
        "amd64, 202, 228",
        "x86_64, 202, 228",
        "aarch64, 98, 113",
        "riscv64, 98, 113",
        "loongarch64, 98, 113",
        "ppc64le, 221, 246",
        "s390x, 238, 260"
    })
    void knowsTheNumbersOfEveryArchitecture(String arch, int futex, int clockGettime) {
        assertThat(SystemCalls.of(arch)).isEqualTo(new SystemCalls(futex, clockGettime, 449, 454, 455));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x86", "i386", "arm", "ppc", "ppc64", "sparcv9", "mips64el", "alpha", ""})
    void guessesNoNumbers(String arch) {
        assertThat(SystemCalls.of(arch)).isNull();
    }

    @Test
    void takesTheNewCallsWhereTheyWork() throws Exception {
        LinuxBackend backend = modern();
        assertThat(backend.name()).isEqualTo("linux");
        assertThat(backend.description()).contains("fake", "futex_wait (455)", "futex_wake (454)");
        Set<Capability> local = Set.of(
                Capability.REPORTS_CHANGED,
                Capability.REPORTS_WOKEN_COUNT,
                Capability.WAKE_COUNT,
                Capability.PRECISE_TIMEOUT);
        assertThat(backend.capabilities(false)).isEqualTo(local);
        assertThat(backend.capabilities(true))
                .containsAll(local)
                .contains(Capability.PROCESS_SHARED)
                .hasSize(5);
    }

    /// Nothing is asked for its errno, which would cost every program a link.
    @Test
    void probesWithoutErrno() throws Exception {
        calls.answer(FUTEX, 0).answer(WAKE, 0);
        LinuxBackend unused = LinuxBackend.probe(calls, numbers, true);
        assertThat(calls.taken())
                .extracting(Call::number, Call::errno)
                .containsExactly(tuple(FUTEX, false), tuple(WAKE, false));
    }

    @ParameterizedTest
    @ValueSource(ints = {ENOSYS, EPERM, EINVAL, EFAULT, 77})
    void doesWithoutTheNewCallsWhereTheyFail(int errno) throws Exception {
        LinuxBackend backend = probe(0, -errno);
        calls.answer(WAIT, -errno);
        assertThat(backend.capabilities(false))
                .doesNotContain(Capability.PRECISE_TIMEOUT)
                .hasSize(3);
        assertThat(backend.capabilities(true))
                .doesNotContain(Capability.PRECISE_TIMEOUT)
                .hasSize(4);
        String answer = errno == 77 ? "errno 77" : Errno.name(errno);
        assertThat(backend.description())
                .isEqualTo("binding fake, waits by FUTEX_WAIT_BITSET of futex(2), since futex_wait (455) answered "
                        + answer + ", wakes by FUTEX_WAKE of futex(2), since futex_wake (454) answered " + answer);
        calls.taken();
        calls.answer(FUTEX, 0);
        assertThat(backend.await(record, 64, 5, false, 1, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 1)).isZero();
        assertThat(calls.taken()).extracting(Call::number).containsExactly(FUTEX, FUTEX);
    }

    /// A filter may kill for them, so they are not even asked what they would answer.
    @Test
    void leavesTheNewCallsAlone() throws Exception {
        calls.answer(FUTEX, 0);
        LinuxBackend backend = LinuxBackend.probe(calls, numbers, false);
        assertThat(backend.capabilities(true)).doesNotContain(Capability.PRECISE_TIMEOUT);
        String why = "since -Dio.futex.linux.futex2=false";
        assertThat(backend.description())
                .isEqualTo("binding fake, waits by FUTEX_WAIT_BITSET of futex(2), " + why
                        + ", wakes by FUTEX_WAKE of futex(2), " + why);
        assertThat(backend.await(record, 64, 5, false, 1, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        assertThat(backend.wake(record, 64, true, FutexBackend.ALL, 1)).isZero();
        calls.answer(FUTEX, -EINTR);
        assertThat(backend.diagnose(record, 64, 5, false, 1, FutexBackend.FOREVER))
                .isEqualTo(Outcome.EARLY);
        assertThat(backend.wake(record, 64, true, FutexBackend.ALL, 1)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"38, ENOSYS", "1, EPERM", "22, EINVAL", "14, EFAULT", "77, errno 77"})
    void isUnavailableWithoutFutex(int errno, String why) {
        assertThatThrownBy(() -> probe(-errno, 0))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("futex(2) does not work")
                .hasMessageContaining(why);
    }

    @Test
    void isUnavailableWhereAWakeOfNobodyWakes() {
        assertThatThrownBy(() -> probe(1, 0)).hasMessageContaining("it slept on a word of another value");
    }

    /// Whatever a failed wait left in errno, the engine asks the clock first.
    @ParameterizedTest
    @ValueSource(ints = {EPERM, EINTR, EAGAIN, ENOMEM, EFAULT, EINVAL, ENOSYS, ETIMEDOUT, 77})
    void doesNotAskWhyAWaitFailed(int errno) throws Exception {
        for (LinuxBackend backend : new LinuxBackend[] {modern(), classic()}) {
            calls.answer(WAIT, -errno).answer(FUTEX, -errno);
            for (long deadline : new long[] {1, FAR, FutexBackend.FOREVER}) {
                assertThat(backend.await(record, 64, 5, true, 1, deadline)).isEqualTo(Outcome.FAILED);
            }
            assertThat(calls.taken()).hasSize(3).noneMatch(Call::errno);
        }
    }

    /// It asks for the same once more, with a time that is over; the word may be gone by then, and is not read.
    @ParameterizedTest
    @CsvSource({"0, WOKEN", "-11, CHANGED", "-110, EARLY", "-4, EARLY"})
    void tellsWhyAWaitFailed(int result, Outcome outcome) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, result).answer(FUTEX, result).clock(1_000);
        Arena arena = Arena.ofShared();
        MemorySegment gone = arena.allocate(4, 4);
        long place = gone.address();
        arena.close();
        for (boolean shared : new boolean[] {false, true}) {
            for (long deadline : new long[] {1_001, FutexBackend.FOREVER}) {
                assertThat(modern.diagnose(gone, 0, 5, shared, 1, deadline)).isEqualTo(outcome);
                assertThat(calls.taken().getFirst())
                        .isEqualTo(new Call(true, WAIT, place, 5, 1, 2 | (shared ? 0 : 128), Timespec.write(0), 1));
                assertThat(classic.diagnose(gone, 0, 5, shared, 1, deadline)).isEqualTo(outcome);
                assertThat(calls.taken().getFirst())
                        .isEqualTo(new Call(true, FUTEX, place, 9 | (shared ? 0 : 128), 5, Timespec.write(0), 0, 1));
            }
        }
    }

    @Test
    void neverSleepsToTellWhy() throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAIT, -EAGAIN);
        assertThat(backend.diagnose(record, 64, 5, false, 1, FutexBackend.FOREVER))
                .isEqualTo(Outcome.CHANGED);
        assertThat(calls.nanos()).isZero();
    }

    /// As after the restore of a checkpoint on another machine: the time of the JVM goes on, that of the system jumps.
    @ParameterizedTest
    @ValueSource(ints = {EINTR, ETIMEDOUT})
    void seesThatTheSystemsClockIsAhead(int errno) throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAIT, -errno).clock(2_000_000_000);
        assertThat(backend.diagnose(record, 64, 5, false, 1, 2_000_000_000)).isEqualTo(Outcome.TIMED_OUT);
        assertThat(backend.diagnose(record, 64, 5, false, 1, 2_000_000_001)).isEqualTo(Outcome.EARLY);
        calls.answer(FakeCalls.CLOCK_GETTIME, -ENOSYS);
        assertThat(backend.diagnose(record, 64, 5, false, 1, 1_999_999_999)).isEqualTo(Outcome.EARLY);
    }

    @ParameterizedTest
    @CsvSource({"14, EFAULT", "22, EINVAL", "12, ENOMEM", "77, errno 77", "1000, errno 1000"})
    void throwsWhatTheKernelRefused(int errno, String name) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, -errno).answer(FUTEX, -errno);
        for (LinuxBackend backend : new LinuxBackend[] {modern, classic}) {
            for (boolean shared : new boolean[] {false, true}) {
                assertThatThrownBy(() -> backend.diagnose(record, 64, -5, shared, 1, FAR))
                        .isInstanceOf(FutexException.class)
                        .hasMessageContainingAll(
                                "FUTEX_WAIT_BITSET",
                                "0x" + Long.toHexString(address),
                                "expected -5",
                                shared ? "shared" : "private",
                                name);
            }
        }
        assertThat(modern.capabilities(false)).as("it was the word").contains(Capability.PRECISE_TIMEOUT);
    }

    /// Whatever it answers: all but what a wait may rightly end with.
    @ParameterizedTest
    @ValueSource(ints = {EPERM, ENOMEM, 13, EFAULT, EINVAL, ENOSYS, 77, 4095})
    void fallsBackOnceAFilterComesLater(int errno) throws Exception {
        for (int known : new int[] {EAGAIN, ETIMEDOUT, EINTR}) {
            LinuxBackend backend = modern();
            calls.answer(WAIT, -errno).answer(WAKE, -errno).answer(FUTEX, -known);
            assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.FAILED);
            assertThat(backend.diagnose(record, 64, 5, false, 1, FutexBackend.FOREVER))
                    .isEqualTo(known == EAGAIN ? Outcome.CHANGED : Outcome.EARLY);
            assertThat(calls.taken()).extracting(Call::number).containsExactly(WAIT, WAIT, FUTEX);
            calls.answer(FUTEX, 0);
            assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.WOKEN);
            assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 1)).isZero();
            assertThat(calls.taken()).as("for good").extracting(Call::number).containsExactly(FUTEX, FUTEX);
            assertThat(backend.capabilities(false)).doesNotContain(Capability.PRECISE_TIMEOUT);
            assertThat(backend.description())
                    .contains(
                            "since futex_wait (455) answered " + Errno.name(errno) + ",",
                            "since futex_wake (454) answered " + Errno.name(errno));
        }
    }

    /// Who has given the call up first must not make the others believe that it was the word.
    @Test
    void manyFallBackAtOnce() throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAIT, -13).answer(FUTEX, -EAGAIN);
        calls.during(
                () -> assertThat(backend.diagnose(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.CHANGED));
        assertThat(backend.diagnose(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.CHANGED);
        calls.taken();
        LinuxBackend waker = modern();
        calls.answer(WAKE, -13).answer(FUTEX, 1);
        calls.during(() ->
                assertThat(waker.wake(record, 64, false, FutexBackend.ALL, 1)).isEqualTo(1));
        assertThat(waker.wake(record, 64, false, FutexBackend.ALL, 1)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {EPERM, ENOMEM, 13, EFAULT, EINVAL, ENOSYS, 77})
    void aWakeFallsBackAsWell(int errno) throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAKE, -errno).answer(FUTEX, 3);
        assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 7)).isEqualTo(3);
        assertThat(calls.taken()).extracting(Call::number).containsExactly(WAKE, FUTEX);
        assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 7)).isEqualTo(3);
        assertThat(calls.taken()).as("for good").extracting(Call::number).containsExactly(FUTEX);
    }

    @ParameterizedTest
    @ValueSource(ints = {EFAULT, EINVAL, ENOMEM, EINTR, ETIMEDOUT, 77})
    void ignoresErrorsOfAWake(int errno) throws Exception {
        LinuxBackend modern = modern();
        for (LinuxBackend backend : new LinuxBackend[] {modern, classic()}) {
            calls.answer(WAKE, -errno).answer(FUTEX, -errno);
            assertThat(backend.wake(record, 64, true, FutexBackend.ALL, 1)).isZero();
        }
        assertThat(modern.capabilities(false)).as("it was the word").contains(Capability.PRECISE_TIMEOUT);
        assertThat(calls.taken()).noneMatch(Call::errno);
    }

    /// Anybody can make a segment of no size at any address, and learn by a wait what is there.
    @Test
    void waitsOnWhatLiesInTheSegmentAlone() throws Exception {
        LinuxBackend backend = modern();
        MemorySegment heap = MemorySegment.ofArray(new int[32]);
        for (MemorySegment stolen : new MemorySegment[] {MemorySegment.ofAddress(address), record.asSlice(0, 66)}) {
            assertThatThrownBy(() -> backend.await(stolen, stolen.byteSize() == 0 ? 0 : 64, 5, false, 1, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> backend.awaitOwn(MemorySegment.ofAddress(address), 5, record, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> backend.diagnose(stolen, stolen.byteSize() == 0 ? 0 : 64, 5, false, 1, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> backend.await(record, -4, 5, false, 1, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.await(heap, 64, 5, false, 1, FAR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(calls.taken()).isEmpty();
    }

    /// The kernel refuses a sign-extended value or mask by EINVAL.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef})
    void passesValueAndMaskUnsigned(int value) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, 0).answer(FUTEX, 0).answer(WAKE, 0);
        long unsigned = Integer.toUnsignedLong(value);
        long timespec = Timespec.write(0); // the thread's own
        int mask = value | 1;
        long unsignedMask = Integer.toUnsignedLong(mask);

        modern.await(record, 64, value, false, mask, 99);
        modern.await(record, 64, value, true, mask, FutexBackend.FOREVER);
        assertThat(calls.taken())
                .containsExactly(
                        new Call(false, WAIT, address, unsigned, unsignedMask, 2 | 128, timespec, 1),
                        new Call(false, WAIT, address, unsigned, unsignedMask, 2, 0, 1));

        classic.await(record, 64, value, false, mask, 99);
        classic.await(record, 64, value, true, mask, FutexBackend.FOREVER);
        assertThat(calls.taken())
                .containsExactly(
                        new Call(false, FUTEX, address, 9 | 128, unsigned, timespec, 0, unsignedMask),
                        new Call(false, FUTEX, address, 9, unsigned, 0, 0, unsignedMask));

        if (mask != FutexBackend.ALL) {
            modern.wake(record, 64, false, mask, 1);
            classic.wake(record, 64, false, mask, 1);
            assertThat(calls.taken())
                    .containsExactly(
                            new Call(false, WAKE, address, unsignedMask, 1, 2 | 128, 0, 0),
                            new Call(false, FUTEX, address, 10 | 128, 1, 0, 0, unsignedMask));
        }
    }

    /// For the classic call 0 and everything from 0x80000000 on means 1, so all is the largest positive number.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 97, Integer.MAX_VALUE})
    void passesTheCount(int count) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(FUTEX, 1).answer(WAKE, 1);
        for (boolean shared : new boolean[] {false, true}) {
            assertThat(modern.wake(record, 64, shared, FutexBackend.ALL, count)).isEqualTo(1);
            assertThat(classic.wake(record, 64, shared, FutexBackend.ALL, count))
                    .isEqualTo(1);
            int flag = shared ? 0 : 128;
            assertThat(calls.taken())
                    .containsExactly(
                            new Call(false, WAKE, address, ALL, count, 2 | flag, 0, 0),
                            new Call(false, FUTEX, address, 1 | flag, count, 0, 0, ALL));
        }
    }

    @Test
    void passesTheDeadlineAsItIs() throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAIT, 0);
        for (long deadline : new long[] {1, 999_999_999, 1_000_000_000, 123_456_789_012_345L, Long.MAX_VALUE - 1}) {
            backend.await(record, 64, 5, false, 1, deadline);
            assertThat(calls.nanos()).isEqualTo(deadline);
        }
    }

    @Test
    void writesATimespec() {
        for (long nanos : new long[] {0, 1, 999_999_999, 1_000_000_000, Long.MAX_VALUE}) {
            assertThat(Timespec.write(nanos)).isEqualTo(ThreadBlock.current().address());
            assertThat(ThreadBlock.current().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(nanos / 1_000_000_000);
            assertThat(ThreadBlock.current().get(ValueLayout.JAVA_LONG, 8)).isEqualTo(nanos % 1_000_000_000);
            assertThat(Timespec.read()).isEqualTo(nanos);
        }
    }

    @Test
    void wakesTheAddressOfASegmentWithoutSize() throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAKE, 0);
        backend.wake(MemorySegment.ofAddress(address), 0, false, 4, Integer.MAX_VALUE);
        assertThat(calls.taken()).containsExactly(new Call(false, WAKE, address, 4, Integer.MAX_VALUE, 2 | 128, 0, 0));
    }

    private LinuxBackend modern() throws BackendUnavailableException {
        return probe(0, 0);
    }

    private LinuxBackend classic() throws BackendUnavailableException {
        return probe(0, -ENOSYS);
    }

    private LinuxBackend probe(long futex, long wake) throws BackendUnavailableException {
        calls.answer(FUTEX, futex).answer(WAKE, wake);
        LinuxBackend backend = LinuxBackend.probe(calls, numbers, true);
        calls.taken();
        return backend;
    }
}
