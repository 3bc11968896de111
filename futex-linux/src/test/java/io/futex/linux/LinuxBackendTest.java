package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.FutexException;
import io.futex.linux.FakeCalls.Call;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
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
        "amd64, 202",
        "x86_64, 202",
        "aarch64, 98",
        "riscv64, 98",
        "loongarch64, 98",
        "ppc64le, 221",
        "s390x, 238"
    })
    void knowsTheNumbersOfEveryArchitecture(String arch, int futex) {
        assertThat(SystemCalls.of(arch)).isEqualTo(new SystemCalls(futex, 454, 455));
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

    @ParameterizedTest
    @ValueSource(ints = {ENOSYS, EPERM, EINVAL, EFAULT, 77})
    void doesWithoutTheNewCallsWhereTheyFail(int errno) throws Exception {
        LinuxBackend backend = probe(-EAGAIN, -errno, -errno);
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
        calls.answer(FUTEX, 0);
        assertThat(backend.await(record, 64, 5, false, 1, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 1)).isZero();
        assertThat(calls.taken()).extracting(Call::number).containsExactly(FUTEX, FUTEX);
    }

    @Test
    void takesEachNewCallByItself() throws Exception {
        assertThat(probe(-EAGAIN, -EAGAIN, -ENOSYS).description()).contains("futex_wait (455)", "FUTEX_WAKE");
        assertThat(probe(-EAGAIN, -ENOSYS, 0).description()).contains("FUTEX_WAIT_BITSET", "by futex_wake (454)");
        assertThat(probe(-EAGAIN, 0, 1).description())
                .contains("futex_wait (455) answered 0,", "futex_wake (454) answered 1");
        assertThat(probe(-EAGAIN, -ENOSYS, -EPERM).description())
                .contains("futex_wait (455) answered ENOSYS (38),", "futex_wake (454) answered EPERM (1)");
    }

    @ParameterizedTest
    @CsvSource({"38, ENOSYS", "1, EPERM", "22, EINVAL", "14, EFAULT", "77, errno 77", "0, slept"})
    void isUnavailableWithoutFutex(int errno, String why) {
        assertThatThrownBy(() -> probe(-errno, -EAGAIN, 0))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("futex(2) does not work")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({"0, WOKEN", "-11, CHANGED", "-110, TIMED_OUT", "-4, EARLY"})
    void tellsWhyAWaitReturned(int result, Outcome outcome) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, result).answer(FUTEX, result);
        record.set(ValueLayout.JAVA_INT, 64, 5);
        for (boolean shared : new boolean[] {false, true}) {
            for (long deadline : new long[] {FAR - 1, FAR, FutexBackend.FOREVER}) {
                assertThat(modern.await(record, 64, 5, shared, 1, deadline)).isEqualTo(outcome);
                assertThat(classic.await(record, 64, 5, shared, 1, deadline)).isEqualTo(outcome);
            }
        }
        assertThat(calls.taken()).hasSize(12); // one each: no loops here
    }

    /// Errno is asked for only where the word and the clock do not tell.
    @Test
    void seesByItselfWhyAWaitFailed() throws Exception {
        for (LinuxBackend backend : new LinuxBackend[] {modern(), classic()}) {
            calls.answer(WAIT, -EINVAL).answer(FUTEX, -EINVAL);
            record.set(ValueLayout.JAVA_INT, 64, 6);
            assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.CHANGED);
            record.set(ValueLayout.JAVA_INT, 64, 5);
            assertThat(backend.await(record, 64, 5, false, 1, 1)).isEqualTo(Outcome.TIMED_OUT);
            assertThat(calls.taken()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"14, EFAULT", "22, EINVAL", "12, ENOMEM", "77, errno 77", "1000, errno 1000"})
    void throwsWhatTheKernelRefused(int errno, String name) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, -errno).answer(FUTEX, -errno);
        record.set(ValueLayout.JAVA_INT, 64, -5);
        assertThatThrownBy(() -> modern.await(record, 64, -5, false, 1, FAR))
                .isInstanceOf(FutexException.class)
                .hasMessageContainingAll(
                        "futex_wait", "0x" + Long.toHexString(address), "expected -5", "private", name);
        assertThatThrownBy(() -> classic.await(record, 64, -5, true, 1, FAR))
                .isInstanceOf(FutexException.class)
                .hasMessageContainingAll(
                        "FUTEX_WAIT_BITSET", "0x" + Long.toHexString(address), "expected -5", "shared", name);
    }

    @ParameterizedTest
    @ValueSource(ints = {ENOSYS, EPERM})
    void fallsBackOnceAFilterComesLater(int errno) throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAIT, -errno).answer(WAKE, -errno).answer(FUTEX, -EAGAIN);
        record.set(ValueLayout.JAVA_INT, 64, 5);
        assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.CHANGED);
        assertThat(calls.taken()).extracting(Call::number).containsExactly(WAIT, FUTEX);
        assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.CHANGED);
        assertThat(calls.taken()).extracting(Call::number).containsExactly(FUTEX); // and does not try again
        calls.answer(FUTEX, 3);
        assertThat(backend.wake(record, 64, false, FutexBackend.ALL, 7)).isEqualTo(3);
        assertThat(calls.taken()).extracting(Call::number).containsExactly(FUTEX); // the try of WAKE failed
        assertThat(backend.capabilities(false)).doesNotContain(Capability.PRECISE_TIMEOUT);
        assertThat(backend.description())
                .contains(
                        "since futex_wait (455) answered " + Errno.name(errno) + ",", "futex_wake (454) began to fail");
    }

    @ParameterizedTest
    @ValueSource(ints = {EFAULT, EINVAL, ENOMEM, EINTR, ETIMEDOUT, 77})
    void ignoresErrorsOfAWake(int errno) throws Exception {
        for (LinuxBackend backend : new LinuxBackend[] {modern(), classic()}) {
            calls.answer(WAKE, -errno).answer(FUTEX, -errno);
            assertThat(backend.wake(record, 64, true, FutexBackend.ALL, 1)).isZero();
        }
    }

    /// The kernel refuses a sign-extended value or mask by EINVAL.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef})
    void passesValueAndMaskUnsigned(int value) throws Exception {
        LinuxBackend modern = modern();
        LinuxBackend classic = classic();
        calls.answer(WAIT, 0).answer(FUTEX, 0).answer(WAKE, 0);
        long unsigned = Integer.toUnsignedLong(value);
        int mask = value | 1;
        long unsignedMask = Integer.toUnsignedLong(mask);

        modern.await(record, 64, value, false, mask, 99);
        modern.await(record, 64, value, true, mask, FutexBackend.FOREVER);
        assertThat(calls.taken())
                .containsExactly(
                        new Call(WAIT, address, unsigned, unsignedMask, 2 | 128, FakeCalls.TIMESPEC, 1),
                        new Call(WAIT, address, unsigned, unsignedMask, 2, 0, 1));

        classic.await(record, 64, value, false, mask, 99);
        classic.await(record, 64, value, true, mask, FutexBackend.FOREVER);
        assertThat(calls.taken())
                .containsExactly(
                        new Call(FUTEX, address, 9 | 128, unsigned, FakeCalls.TIMESPEC, 0, unsignedMask),
                        new Call(FUTEX, address, 9, unsigned, 0, 0, unsignedMask));

        if (mask != FutexBackend.ALL) {
            modern.wake(record, 64, false, mask, 1);
            classic.wake(record, 64, false, mask, 1);
            assertThat(calls.taken())
                    .containsExactly(
                            new Call(WAKE, address, unsignedMask, 1, 2 | 128, 0, 0),
                            new Call(FUTEX, address, 10 | 128, 1, 0, 0, unsignedMask));
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
                            new Call(WAKE, address, ALL, count, 2 | flag, 0, 0),
                            new Call(FUTEX, address, 1 | flag, count, 0, 0, ALL));
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
    void writesAnAbsoluteTimespec() {
        FfmLinuxCalls real = new FfmLinuxCalls();
        assertThat(real.timespec(0)).isNotZero();
        assertThat(real.timespec(Long.MAX_VALUE)).isEqualTo(real.timespec(1)); // one block for each thread
        assertThat(real.binding()).isEqualTo("ffm");
    }

    @Test
    void wakesTheAddressOfASegmentWithoutSize() throws Exception {
        LinuxBackend backend = modern();
        calls.answer(WAKE, 0);
        backend.wake(MemorySegment.ofAddress(address), 0, false, 4, Integer.MAX_VALUE);
        assertThat(calls.taken()).containsExactly(new Call(WAKE, address, 4, Integer.MAX_VALUE, 2 | 128, 0, 0));
    }

    private LinuxBackend modern() throws BackendUnavailableException {
        return probe(-EAGAIN, -EAGAIN, 0);
    }

    private LinuxBackend classic() throws BackendUnavailableException {
        return probe(-EAGAIN, -ENOSYS, -ENOSYS);
    }

    private LinuxBackend probe(long futex, long wait, long wake) throws BackendUnavailableException {
        calls.answer(FUTEX, futex).answer(WAIT, wait).answer(WAKE, wake);
        LinuxBackend backend = LinuxBackend.probe(calls, numbers);
        calls.taken();
        return backend;
    }
}
