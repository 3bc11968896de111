package io.futex.linux;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A kernel that answers as told, and notes what it was asked.
final class FakeCalls implements LinuxCalls {
    static final long TIMESPEC = 0x7153_0000;

    private final Map<Integer, Long> answers = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private long nanos = -1;

    /// Until told otherwise this call answers so: a result, or -errno.
    FakeCalls answer(int number, long result) {
        answers.put(number, result);
        return this;
    }

    /// What was asked since this was asked the last time.
    List<Call> taken() {
        List<Call> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /// The last deadline.
    long nanos() {
        return nanos;
    }

    @Override
    public long syscall(
            int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        calls.add(new Call(number, address, arg2, arg3, arg4, arg5, arg6));
        Long answer = answers.get(number);
        if (answer == null) {
            throw new AssertionError("unexpected system call " + number);
        }
        return answer;
    }

    /// A failed try is not noted: the call is made again by whoever wants to know why.
    @Override
    public long trySyscall(
            int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        long result = syscall(number, base, address, arg2, arg3, arg4, arg5, arg6);
        if (result >= 0) {
            return result;
        }
        calls.removeLast();
        return -1;
    }

    @Override
    public long timespec(long nanos) {
        this.nanos = nanos;
        return TIMESPEC;
    }

    @Override
    public String binding() {
        return "fake";
    }

    /// A system call.
    record Call(int number, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {}
}
