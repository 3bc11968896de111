package io.futex.bench.operation;

import java.io.PrintStream;

/// Tells what is being measured: on a terminal in one line that changes, else one line an operation.
public final class Progress {
    private final PrintStream out;
    private final boolean terminal;
    private final long begin = System.nanoTime();
    private int operations;
    private int current;
    private String title = "";

    /// @param terminal whether the line may be written over
    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// Before everything.
    public void expect(int count) {
        operations = count;
    }

    /// The next operation begins.
    public void operation(String name) {
        current++;
        title = name;
        if (!terminal) {
            out.println(prefix());
        } else {
            step("");
        }
    }

    /// What the operation does now.
    public void step(String what) {
        if (terminal) {
            String line = prefix() + (what.isEmpty() ? "" : ": " + what);
            out.print("\r\033[K" + line.substring(0, Math.min(line.length(), 118)));
            out.flush();
        }
    }

    /// After everything.
    public void done() {
        out.println((terminal ? "\r\033[K" : "") + "measured in " + seconds() + " s");
    }

    private String prefix() {
        return "[" + current + "/" + operations + ", " + seconds() + " s] " + title;
    }

    private long seconds() {
        return (System.nanoTime() - begin) / 1_000_000_000;
    }
}
