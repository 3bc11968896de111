package io.futex.linux;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A kernel that answers as told, and notes what it was asked.
final class FakeCalls implements LinuxCalls {
    static final int CLOCK_GETTIME = 228;

    private final Map<Integer, Long> answers = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private Runnable during = () -> {};
    private long clock;
    private long nanos = -1;

    /// Until told otherwise this call answers so: a result, or -errno.
    FakeCalls answer(int number, long result) {
        answers.put(number, result);
        return this;
    }

    /// What CLOCK_MONOTONIC shows from now on.
    FakeCalls clock(long nanos) {
        answer(CLOCK_GETTIME, 0);
        clock = nanos;
        return this;
    }

    /// Happens during the next call.
    void during(Runnable action) {
        during = action;
    }

    /// What was asked since this was asked the last time.
    List<Call> taken() {
        List<Call> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    /// The time that the last call found.
    long nanos() {
        return nanos;
    }

    @Override
    public long syscall(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        return Math.max(-1, answer(new Call(false, number, address, arg2, arg3, arg4, arg5, arg6)));
    }

    @Override
    public long syscallForErrno(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        return answer(new Call(true, number, address, arg2, arg3, arg4, arg5, arg6));
    }

    private long answer(Call call) {
        calls.add(call);
        Runnable action = during;
        during = () -> {};
        action.run();
        nanos = Timespec.read();
        Long answer = answers.get(call.number);
        if (answer == null) {
            throw new AssertionError("unexpected system call " + call);
        }
        if (call.number == CLOCK_GETTIME) {
            long unused = Timespec.write(clock);
        }
        return answer;
    }

    @Override
    public MemorySegment map(int descriptor, long offset, long bytes) {
        return null;
    }

    @Override
    public String binding() {
        return "fake";
    }

    /// A system call, and whether its errno was asked for.
    record Call(boolean errno, int number, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {}
}
