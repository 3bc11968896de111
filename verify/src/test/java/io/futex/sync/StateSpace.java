package io.futex.sync;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// Visits all states of a [Machine], breadth first, and then asks of each whether all threads can still finish.
public final class StateSpace {
    private static final long EMPTY = -1;

    private final Machine machine;

    // Open addressing: the states seen, and their numbers.
    private long[] keys = new long[1 << 16];
    private int[] numbers = new int[1 << 16];

    // By number.
    private long[] states = new long[1 << 12];
    private int[] parents = new int[1 << 12];
    private int size;

    private int expanding;

    private StateSpace(Machine machine) {
        this.machine = machine;
        Arrays.fill(keys, EMPTY);
    }

    /// @param states how many there are
    /// @param fault the first one found, with the shortest way there; or null
    public record Result(int states, String fault) {}

    public static Result explore(Machine machine) {
        StateSpace space = new StateSpace(machine);
        String fault = space.visitAll();
        return new Result(space.size, fault);
    }

    /// Every state is free of faults, and the end can be reached from it without luck.
    private String visitAll() {
        expanding = -1;
        add(machine.initial());
        for (expanding = 0; expanding < size; expanding++) {
            String fault = machine.fault(states[expanding]);
            if (fault != null) {
                return fault + path(expanding);
            }
            machine.expand(states[expanding], (next, rescue) -> add(next));
        }
        return findStuck();
    }

    /// Backwards from the ends: rounds over all states until no more of them is found to lead there. Late states first,
    /// since the ends are late, so few rounds do.
    private String findStuck() {
        boolean[] finishes = new boolean[size];
        boolean[] found = new boolean[1];
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = size - 1; i >= 0; i--) {
                if (!finishes[i]) {
                    found[0] = machine.isDone(states[i]);
                    machine.expand(states[i], (next, rescue) -> found[0] |= !rescue && finishes[numberOf(next)]);
                    finishes[i] = found[0];
                    changed |= found[0];
                }
            }
        }
        for (int i = 0; i < size; i++) {
            if (!finishes[i] && !machine.isExcused(states[i])) {
                return "no way to the end without luck" + path(i);
            }
        }
        return null;
    }

    private String path(int number) {
        List<String> way = new ArrayList<>();
        for (int i = number; i >= 0; i = parents[i]) {
            way.add(machine.describe(states[i]));
        }
        Collections.reverse(way);
        return ":\n" + String.join("\n", way);
    }

    private void add(long state) {
        int slot = slot(state);
        if (keys[slot] == state) {
            return;
        }
        if (size == states.length) {
            states = Arrays.copyOf(states, 2 * size);
            parents = Arrays.copyOf(parents, 2 * size);
        }
        keys[slot] = state;
        numbers[slot] = size;
        states[size] = state;
        parents[size] = expanding;
        size++;
        if (size > keys.length / 2) {
            rehash();
        }
    }

    private int numberOf(long state) {
        return numbers[slot(state)];
    }

    private int slot(long state) {
        int mask = keys.length - 1;
        int slot = (int) ((state * 0x9E37_79B9_7F4A_7C15L) >>> 32) & mask;
        while (keys[slot] != EMPTY && keys[slot] != state) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void rehash() {
        keys = new long[2 * keys.length];
        numbers = new int[keys.length];
        Arrays.fill(keys, EMPTY);
        for (int i = 0; i < size; i++) {
            int slot = slot(states[i]);
            keys[slot] = states[i];
            numbers[slot] = i;
        }
    }
}
