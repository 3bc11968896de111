package io.futex.macos;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// A libSystem that answers as told, and notes what it was asked.
final class FakeCalls implements MacosCalls {
    private final Map<Function, List<Integer>> answers = new EnumMap<>(Function.class);
    private final List<Call> calls = new ArrayList<>();
    private MemorySegment held = MemorySegment.NULL;

    /// The functions of this macOS; each first answers as one on which nobody waits.
    FakeCalls(List<Function> functions) {
        for (Function function : functions) {
            answers.put(function, new ArrayList<>());
        }
    }

    /// Answers in turn, the last one for ever: a result, or `-errno`.
    FakeCalls answer(Function function, Integer... results) {
        answers.get(function).clear();
        answers.get(function).addAll(List.of(results));
        return this;
    }

    /// The memory that the last call held.
    MemorySegment held() {
        return held;
    }

    /// What was asked since this was asked the last time.
    List<Call> taken() {
        List<Call> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    @Override
    public boolean has(Function function) {
        return answers.containsKey(function);
    }

    @Override
    public int call(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        this.held = held;
        int result = answer(new Call(function, false, held.byteSize() > 0, List.of(a, b, c, d, e, f)));
        return result < 0 && function.symbol.startsWith("os_sync") ? -1 : result;
    }

    @Override
    public int callForErrno(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        return answer(new Call(function, true, held.byteSize() > 0, List.of(a, b, c, d, e, f)));
    }

    private int answer(Call call) {
        calls.add(call);
        List<Integer> results = answers.get(call.function);
        return results.size() > 1 ? results.removeFirst() : results.getFirst();
    }

    @Override
    public String binding() {
        return "fake";
    }

    /// A call, with whether errno was asked for and whether the memory of the word was held.
    record Call(Function function, boolean errno, boolean held, List<Long> arguments) {}
}
