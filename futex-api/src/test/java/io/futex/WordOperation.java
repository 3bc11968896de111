package io.futex;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/// An operation of [FutexWord], and what [AtomicInteger] does in its place.
record WordOperation(String name, On<FutexWord> onWord, On<AtomicInteger> onOracle) {
    static List<WordOperation> all() {
        List<WordOperation> all = new ArrayList<>();
        all.add(new WordOperation("get", (w, x, y) -> w.get(), (a, x, y) -> a.get()));
        all.add(new WordOperation("getPlain", (w, x, y) -> w.getPlain(), (a, x, y) -> a.get()));
        all.add(new WordOperation("getOpaque", (w, x, y) -> w.getOpaque(), (a, x, y) -> a.get()));
        all.add(new WordOperation("getAcquire", (w, x, y) -> w.getAcquire(), (a, x, y) -> a.get()));
        all.add(new WordOperation("set", (w, x, y) -> done(() -> w.set(x)), (a, x, y) -> done(() -> a.set(x))));
        all.add(new WordOperation(
                "setPlain", (w, x, y) -> done(() -> w.setPlain(x)), (a, x, y) -> done(() -> a.set(x))));
        all.add(new WordOperation(
                "setOpaque", (w, x, y) -> done(() -> w.setOpaque(x)), (a, x, y) -> done(() -> a.set(x))));
        all.add(new WordOperation(
                "setRelease", (w, x, y) -> done(() -> w.setRelease(x)), (a, x, y) -> done(() -> a.set(x))));
        all.add(new WordOperation("lazySet", (w, x, y) -> done(() -> w.lazySet(x)), (a, x, y) -> done(() -> a.set(x))));
        all.add(new WordOperation("getAndSet", (w, x, y) -> w.getAndSet(x), (a, x, y) -> a.getAndSet(x)));
        all.add(new WordOperation("getAndAdd", (w, x, y) -> w.getAndAdd(x), (a, x, y) -> a.getAndAdd(x)));
        all.add(new WordOperation(
                "compareAndExchange",
                (w, x, y) -> w.compareAndExchange(x, y),
                (a, x, y) -> a.compareAndExchange(x, y)));
        all.add(new WordOperation(
                "getAndBitwiseOr", (w, x, y) -> w.getAndBitwiseOr(x), (a, x, y) -> a.getAndUpdate(v -> v | x)));
        all.add(new WordOperation(
                "getAndBitwiseAnd", (w, x, y) -> w.getAndBitwiseAnd(x), (a, x, y) -> a.getAndUpdate(v -> v & x)));
        all.add(new WordOperation(
                "compareAndExchangeAcquire",
                (w, x, y) -> w.compareAndExchangeAcquire(x, y),
                (a, x, y) -> a.compareAndExchange(x, y)));
        all.add(new WordOperation(
                "compareAndExchangeRelease",
                (w, x, y) -> w.compareAndExchangeRelease(x, y),
                (a, x, y) -> a.compareAndExchange(x, y)));
        all.add(new WordOperation(
                "compareAndSet", (w, x, y) -> w.compareAndSet(x, y), (a, x, y) -> a.compareAndSet(x, y)));
        all.add(new WordOperation(
                "weakCompareAndSetVolatile",
                (w, x, y) -> weak(w, x, () -> w.weakCompareAndSetVolatile(x, y)),
                (a, x, y) -> a.compareAndSet(x, y)));
        all.add(new WordOperation(
                "weakCompareAndSetAcquire",
                (w, x, y) -> weak(w, x, () -> w.weakCompareAndSetAcquire(x, y)),
                (a, x, y) -> a.compareAndSet(x, y)));
        all.add(new WordOperation(
                "weakCompareAndSetRelease",
                (w, x, y) -> weak(w, x, () -> w.weakCompareAndSetRelease(x, y)),
                (a, x, y) -> a.compareAndSet(x, y)));
        all.add(new WordOperation(
                "weakCompareAndSetPlain",
                (w, x, y) -> weak(w, x, () -> w.weakCompareAndSetPlain(x, y)),
                (a, x, y) -> a.compareAndSet(x, y)));
        all.add(new WordOperation("addAndGet", (w, x, y) -> w.addAndGet(x), (a, x, y) -> a.addAndGet(x)));
        all.add(new WordOperation(
                "getAndIncrement", (w, x, y) -> w.getAndIncrement(), (a, x, y) -> a.getAndIncrement()));
        all.add(new WordOperation(
                "getAndDecrement", (w, x, y) -> w.getAndDecrement(), (a, x, y) -> a.getAndDecrement()));
        all.add(new WordOperation(
                "incrementAndGet", (w, x, y) -> w.incrementAndGet(), (a, x, y) -> a.incrementAndGet()));
        all.add(new WordOperation(
                "decrementAndGet", (w, x, y) -> w.decrementAndGet(), (a, x, y) -> a.decrementAndGet()));
        all.add(new WordOperation(
                "getAndUpdate",
                (w, x, y) -> w.getAndUpdate(v -> v * 31 + x),
                (a, x, y) -> a.getAndUpdate(v -> v * 31 + x)));
        all.add(new WordOperation(
                "updateAndGet",
                (w, x, y) -> w.updateAndGet(v -> v * 31 + x),
                (a, x, y) -> a.updateAndGet(v -> v * 31 + x)));
        all.add(new WordOperation(
                "getAndAccumulate",
                (w, x, y) -> w.getAndAccumulate(x, (v, z) -> v - z),
                (a, x, y) -> a.getAndAccumulate(x, (v, z) -> v - z)));
        all.add(new WordOperation(
                "accumulateAndGet",
                (w, x, y) -> w.accumulateAndGet(x, (v, z) -> v - z),
                (a, x, y) -> a.accumulateAndGet(x, (v, z) -> v - z)));
        all.add(new WordOperation("toString", (w, x, y) -> w.toString(), (a, x, y) -> a.toString()));
        return all;
    }

    private static Object done(Runnable action) {
        action.run();
        return "done";
    }

    /// A weak one may fail for no reason, but not for ever, and never if the value differs.
    private static boolean weak(FutexWord word, int expected, BooleanSupplier attempt) {
        while (!attempt.getAsBoolean()) {
            if (word.get() != expected) {
                return false;
            }
        }
        return true;
    }

    /// An operation with up to two operands.
    interface On<T> {
        Object apply(T target, int x, int y);
    }
}
