package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What is refused as a word, by which exception, in every form of every call.
public abstract class FutexArgumentContract extends FutexWakeContract {
    /// For the subclass that a backend makes.
    protected FutexArgumentContract() {}

    @Test
    void refusesNull() {
        everyForm(null, 0).forEach(call -> call.throwsA(NullPointerException.class));
        MemorySegment word = newWord(0);
        assertThatThrownBy(() -> futex().wait(word, 0, 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().wait(word, 1, 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().wait(word, 0, 0, 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitUninterruptibly(word, 0, 0, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitUninterruptibly(word, 0, 0, 1, null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void refusesHeapMemory() {
        List<MemorySegment> heap = List.of(
                MemorySegment.ofArray(new int[2]),
                MemorySegment.ofArray(new byte[8]),
                MemorySegment.ofArray(new long[1]),
                MemorySegment.ofArray(new int[2]).asReadOnly());
        for (MemorySegment segment : heap) {
            everyForm(segment, 0).forEach(call -> call.throwsA(IllegalArgumentException.class));
        }
    }

    @Test
    void refusesAMisalignedWord() {
        MemorySegment record = newMemory(128);
        for (int offset = 1; offset < 4; offset++) {
            everyForm(record.asSlice(offset, 4), 0).forEach(call -> call.throwsA(IllegalArgumentException.class));
            offsetForms(record, offset).forEach(call -> call.throwsA(IllegalArgumentException.class));
            offsetForms(record, 64 + offset).forEach(call -> call.throwsA(IllegalArgumentException.class));
        }
        // It is the address that counts: an even offset in an odd slice makes an odd word, and the other way round.
        offsetForms(record.asSlice(2, 64), 4).forEach(call -> call.throwsA(IllegalArgumentException.class));
        assertThat(futex().waitUninterruptibly(record.asSlice(2, 64), 2, 1)).isEqualTo(WaitResult.CHANGED);
    }

    @Test
    void refusesAShortSegment() {
        MemorySegment record = newMemory(128);
        int least = takesEmptySegments() ? 1 : 0;
        for (int size = least; size < 4; size++) {
            wordForms(record.asSlice(0, size)).forEach(call -> call.throwsA(IllegalArgumentException.class));
            offsetForms(record.asSlice(0, size), 0).forEach(call -> call.throwsA(IndexOutOfBoundsException.class));
        }
        if (!takesEmptySegments()) {
            wordForms(MemorySegment.NULL).forEach(call -> call.throwsA(IllegalArgumentException.class));
            offsetForms(MemorySegment.NULL, 0).forEach(call -> call.throwsA(IndexOutOfBoundsException.class));
        }
    }

    @Test
    void refusesAnOffsetOutsideTheSegment() {
        MemorySegment record = newMemory(128);
        long[] offsets = {-4, -1, 125, 126, 127, 128, 132, 1L << 32, Long.MAX_VALUE, Long.MAX_VALUE - 3, Long.MIN_VALUE
        };
        for (long offset : offsets) {
            offsetForms(record, offset).forEach(call -> call.throwsA(IndexOutOfBoundsException.class));
        }
        assertThat(futex().waitUninterruptibly(record, 124, 1)).isEqualTo(WaitResult.CHANGED);
    }

    @Test
    void refusesMemoryOfAClosedArena() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared();
        List<MemorySegment> words = List.of(confined.allocate(64, 64), shared.allocate(64, 64));
        confined.close();
        shared.close();
        for (MemorySegment word : words) {
            everyForm(word, 0).forEach(call -> call.throwsA(IllegalStateException.class));
            offsetForms(word, 32).forEach(call -> call.throwsA(IllegalStateException.class));
            // Dead memory is dead memory, even to a wake of nobody.
            assertThatThrownBy(() -> futex().wake(word, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesTheConfinedArenaOfAnotherThread() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment word = confined.allocate(64, 64);
            Waiter other = Waiter.platform(() -> {
                everyForm(word, 0).forEach(call -> call.throwsA(WrongThreadException.class));
                offsetForms(word, 32).forEach(call -> call.throwsA(WrongThreadException.class));
                assertThatThrownBy(() -> futex().wake(word, 0)).isInstanceOf(WrongThreadException.class);
                return null;
            });
            assertThat(other.result()).isNull();
        }
    }

    @Test
    void takesTheConfinedArenaOfItsOwnThread() throws InterruptedException {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment word = confined.allocate(64, 64);
            assertThat(futex().wait(word, 1)).isEqualTo(WaitResult.CHANGED);
            assertThat(futex().wait(word, 0, 1, TimeUnit.MICROSECONDS))
                    .isIn(WaitResult.TIMED_OUT, polls(false) ? WaitResult.WOKEN : WaitResult.TIMED_OUT);
            for (WakeForm form : WakeForm.values()) {
                assertThat(form.call(futex(), word, 32)).isLessThanOrEqualTo(0);
            }
        }
    }

    /// As in `java.util.concurrent`: a bad argument is told first and leaves the interrupt status alone.
    @Test
    void looksAtArgumentsBeforeTheInterrupt() {
        MemorySegment record = newMemory(128);
        Thread.currentThread().interrupt();
        try {
            everyForm(MemorySegment.ofArray(new int[1]), 0)
                    .forEach(call -> call.throwsA(IllegalArgumentException.class));
            everyForm(null, 0).forEach(call -> call.throwsA(NullPointerException.class));
            offsetForms(record, 1).forEach(call -> call.throwsA(IllegalArgumentException.class));
            offsetForms(record, -4).forEach(call -> call.throwsA(IndexOutOfBoundsException.class));
            assertThatThrownBy(() -> futex().wait(record, 0, 1, null)).isInstanceOf(NullPointerException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private List<Form> everyForm(MemorySegment segment, long offset) {
        List<Form> forms = wordForms(segment);
        forms.addAll(offsetForms(segment, offset));
        return forms;
    }

    private List<Form> wordForms(MemorySegment segment) {
        return forms(segment, 0, false);
    }

    private List<Form> offsetForms(MemorySegment segment, long offset) {
        return forms(segment, offset, true);
    }

    private List<Form> forms(MemorySegment segment, long offset, boolean takesOffset) {
        List<Form> forms = new ArrayList<>();
        for (WaitForm form : WaitForm.values()) {
            if (form.takesOffset() == takesOffset) {
                forms.add(new Form("wait " + form, () -> {
                    WaitResult unused = form.raw(futex(), segment, offset, 0, 1, TimeUnit.NANOSECONDS);
                }));
            }
        }
        for (WakeForm form : WakeForm.values()) {
            if (form.takesOffset() == takesOffset) {
                forms.add(new Form("wake " + form, () -> {
                    int unused = form.raw(futex(), segment, offset);
                }));
            }
        }
        return forms;
    }

    private record Form(String name, ThrowingCallable call) {
        void throwsA(Class<? extends Throwable> type) {
            assertThatThrownBy(call).as(name).isInstanceOf(type);
        }
    }
}
