package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.FutexWait;
import io.futex.linux.FakeCalls.Call;
import io.futex.spi.FutexBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// futex_waitv on a kernel that answers as told.
class LinuxWaitAnyTest {
    private static final int FUTEX = 202;
    private static final int WAITV = 449;
    private static final int WAKE = 454;
    private static final int EPERM = 1;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final int ETIMEDOUT = 110;

    private final SystemCalls numbers = SystemCalls.of("amd64");
    private final FakeCalls calls = new FakeCalls().answer(FUTEX, 0).answer(WAKE, 0);
    private final MemorySegment record = Arena.ofAuto().allocate(256, 128);
    private final MemorySegment own = Arena.ofAuto().allocate(4, 4);
    private final FutexWait[] waits = {new FutexWait(record, 64, 5), new FutexWait(record, 128, -1)};

    @Test
    void asksOnceAndOnlyWhenAsked() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -EINVAL);
        assertThat(backend.waitsForAny()).isTrue();
        assertThat(backend.waitsForAny()).isTrue();
        assertThat(calls.taken()).containsExactly(new Call(true, WAITV, 0, 0, 0, 0, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {ENOSYS, EPERM, 77})
    void doesWithoutWhereItFails(int errno) throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -errno);
        assertThat(backend.waitsForAny()).isFalse();
    }

    /// Where a filter kills for what it does not know.
    @Test
    void leavesItAloneWhereFutex2IsNotWanted() throws Exception {
        LinuxBackend backend = probe(false);
        calls.taken();
        assertThat(backend.waitsForAny()).isFalse();
        assertThat(calls.taken()).isEmpty();
    }

    @Test
    void passesAllWordsAndTheOwnOneLast() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, 2);
        assertThat(backend.awaitAny(waits, own, 7, FutexBackend.FOREVER)).isEqualTo(2);
        MemorySegment vector = WaitVector.current();
        assertThat(calls.taken()).containsExactly(new Call(false, WAITV, vector.address(), 3, 0, 0, 1, 0));
        assertEntry(vector, 0, 5, record.address() + 64, 2);
        assertEntry(vector, 1, 0xFFFF_FFFFL, record.address() + 128, 2);
        assertEntry(vector, 2, 7, own.address(), 2 | 128);
    }

    @Test
    void passesTheDeadline() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -ETIMEDOUT);
        assertThat(backend.awaitAny(waits, MemorySegment.NULL, 0, 1_000_000_007))
                .isNegative();
        assertThat(calls.taken())
                .singleElement()
                .satisfies(call -> assertThat(call.arg2()).isEqualTo(2));
        assertThat(Timespec.read()).isEqualTo(1_000_000_007);
    }

    @ParameterizedTest
    @ValueSource(ints = {EAGAIN, ETIMEDOUT, EINTR})
    void hasNothingToSayOfWhatIsMeant(int errno) throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -errno);
        assertThat(backend.diagnoseAny(waits)).isNegative();
    }

    /// The word that it asks with may be woken just then.
    @Test
    void keepsAWakeThatComesWhileItAsks() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, 1);
        assertThat(backend.diagnoseAny(waits)).isEqualTo(1);
    }

    @Test
    void tellsWhatTheSystemRefuses() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -EFAULT);
        assertThatThrownBy(() -> backend.diagnoseAny(waits))
                .isInstanceOf(FutexException.class)
                .hasMessageContaining("futex_waitv of 2 words")
                .hasMessageContaining("EFAULT");
    }

    @Test
    void givesUpAfterALateFilter() throws Exception {
        LinuxBackend backend = probe(true);
        calls.answer(WAITV, -EINVAL);
        assertThat(backend.waitsForAny()).isTrue();
        calls.answer(WAITV, -EPERM);
        assertThatThrownBy(() -> backend.diagnoseAny(waits)).isInstanceOf(FutexException.class);
        assertThat(backend.waitsForAny()).isFalse();
    }

    private static void assertEntry(MemorySegment vector, int index, long value, long address, int flags) {
        long at = index * 24L;
        assertThat(vector.get(ValueLayout.JAVA_LONG, at)).isEqualTo(value);
        assertThat(vector.get(ValueLayout.JAVA_LONG, at + 8)).isEqualTo(address);
        assertThat(vector.get(ValueLayout.JAVA_LONG, at + 16)).isEqualTo(asLong(flags));
    }

    /// Flags and what is reserved, as one.
    private static long asLong(int flags) {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        return little ? flags : (long) flags << Integer.SIZE;
    }

    private LinuxBackend probe(boolean allowed) throws Exception {
        LinuxBackend backend = LinuxBackend.probe(calls, numbers, allowed);
        calls.taken();
        return backend;
    }
}
