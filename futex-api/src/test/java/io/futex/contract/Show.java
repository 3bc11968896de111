package io.futex.contract;

import io.futex.Futex;
import io.futex.FutexWord;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A program that tells which backends a JVM has chosen, and uses them.
public final class Show {
    private Show() {}

    /// Prints a line for each question.
    public static void main(String[] arguments) throws InterruptedException {
        show("local", Futex::local);
        show("shared", Futex::shared);
        show("local again", Futex::local);
        show("available", Futex::available);
        show("unavailable", Futex::unavailable);
        show("word", () -> FutexWord.local(7));
        if (arguments.length == 0) {
            FutexWord word = FutexWord.local(0);
            Thread waker = Thread.ofPlatform().start(() -> {
                word.set(1);
                int unused = word.wakeAll();
            });
            System.out.println("waited=" + word.awaitChange(0, 1, TimeUnit.MINUTES));
            waker.join();
        }
    }

    private static void show(String name, Supplier<?> value) {
        String shown;
        try {
            shown = String.valueOf(value.get());
        } catch (IllegalStateException e) {
            shown = e.toString();
        }
        System.out.println(name + "=" + shown);
    }
}
