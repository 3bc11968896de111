package io.futex.channel;

import io.futex.channel.Operation.Form;
import io.futex.channel.Operation.Way;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What may come of a play, by what channels are said to do: here each call is done in one step under one lock, or it
/// waits until another's step does it. All orders of these steps are tried.
///
/// Whom of those who wait a partner serves is open; see the tests of order.
final class Oracle {
    private enum Status {
        READY,
        /// Not interrupted when it began.
        BEGUN,
        WAITING,
        CLOSING
    }

    /// A moment of a play.
    private static final class Position {
        final int[] at;
        final Status[] status;
        final boolean[] interrupted;
        final boolean[] timeIsOver;
        final String[] outcomes;
        final List<Deque<Integer>> buffers = new ArrayList<>();
        final boolean[] closed;

        Position(int players, int channels) {
            at = new int[players];
            status = new Status[players];
            Arrays.fill(status, Status.READY);
            interrupted = new boolean[players];
            timeIsOver = new boolean[players];
            outcomes = new String[players];
            Arrays.fill(outcomes, "");
            closed = new boolean[channels];
            for (int i = 0; i < channels; i++) {
                buffers.add(new ArrayDeque<>());
            }
        }

        Position(Position from) {
            at = from.at.clone();
            status = from.status.clone();
            interrupted = from.interrupted.clone();
            timeIsOver = from.timeIsOver.clone();
            outcomes = from.outcomes.clone();
            closed = from.closed.clone();
            from.buffers.forEach(buffer -> buffers.add(new ArrayDeque<>(buffer)));
        }

        /// The call of that player is over.
        Position ends(int player, String outcome) {
            outcomes[player] += outcome + " ";
            at[player]++;
            status[player] = Status.READY;
            return this;
        }

        String key() {
            return Arrays.toString(at)
                    + Arrays.toString(status)
                    + Arrays.toString(interrupted)
                    + Arrays.toString(timeIsOver)
                    + Arrays.toString(outcomes)
                    + Arrays.toString(closed)
                    + buffers;
        }
    }

    private final List<List<Operation>> scripts = new ArrayList<>();
    private final List<Integer> capacities;
    private final Set<String> outcomes = new HashSet<>();

    private Oracle(List<String> scripts, List<Integer> capacities) {
        scripts.forEach(script -> this.scripts.add(Operation.parse(script)));
        this.capacities = capacities;
    }

    /// All outcomes that may be.
    static Set<String> outcomes(List<String> scripts, List<Integer> capacities) {
        Oracle oracle = new Oracle(scripts, capacities);
        oracle.visitAll();
        return oracle.outcomes;
    }

    private void visitAll() {
        Set<String> seen = new HashSet<>();
        Deque<Position> positions = new ArrayDeque<>();
        positions.push(new Position(scripts.size(), capacities.size()));
        while (!positions.isEmpty()) {
            Position position = positions.pop();
            if (!seen.add(position.key())) {
                continue;
            }
            List<Position> next = new ArrayList<>();
            for (int p = 0; p < scripts.size(); p++) {
                step(position, p, next);
            }
            if (next.isEmpty()) {
                outcomes.add(String.join("| ", position.outcomes));
            }
            for (int p = 0; p < scripts.size(); p++) { // which may happen, and need not: perhaps it was not in the cell
                Operation operation = current(position, p);
                if (operation != null && operation.form() == Form.FAILS && position.status[p] == Status.WAITING) {
                    next.add(new Position(position).ends(p, Operation.failed()));
                }
            }
            next.forEach(positions::push);
        }
    }

    private Operation current(Position position, int p) {
        List<Operation> script = scripts.get(p);
        return position.at[p] < script.size() ? script.get(position.at[p]) : null;
    }

    private void step(Position position, int p, List<Position> next) {
        Operation operation = current(position, p);
        if (operation == null) {
            return;
        }
        int channel = operation.number();
        switch (position.status[p]) {
            case WAITING -> leave(position, p, operation, next);
            case CLOSING -> {
                if (waiting(position, channel, true).isEmpty()
                        && waiting(position, channel, false).isEmpty()) {
                    next.add(new Position(position).ends(p, ""));
                }
            }
            case BEGUN -> communicate(position, p, operation, next);
            case READY -> {
                Position after = new Position(position);
                switch (operation.kind()) {
                    case 'c' -> {
                        after.closed[channel] = true;
                        after.status[p] = Status.CLOSING;
                        next.add(after);
                    }
                    case 'k' -> next.add(after.ends(p, String.valueOf(position.closed[channel])));
                    case 'i' -> {
                        after.interrupted[operation.number()] = true;
                        next.add(after.ends(p, ""));
                    }
                    case 'e' -> {
                        after.timeIsOver[operation.number()] = true;
                        next.add(after.ends(p, ""));
                    }
                    default -> begin(after, p, operation, next);
                }
            }
        }
    }

    private void leave(Position position, int p, Operation operation, List<Position> next) {
        if (position.interrupted[p]) {
            Position after = new Position(position).ends(p, Operation.interrupted());
            after.interrupted[p] = false;
            next.add(after);
        }
        if (position.timeIsOver[p] && operation.form() == Form.TIMED) {
            next.add(new Position(position).ends(p, Operation.none()));
        }
        for (int i = 0; i < operation.ways().size(); i++) {
            if (position.closed[operation.ways().get(i).channel()]) {
                next.add(new Position(position).ends(p, operation.closed(i)));
            }
        }
    }

    private static void begin(Position after, int p, Operation operation, List<Position> next) {
        if (after.interrupted[p] && (operation.isSelect() || operation.form() != Form.TRIES)) {
            after.interrupted[p] = false;
            after.ends(p, Operation.interrupted());
        } else {
            after.status[p] = Status.BEGUN;
        }
        next.add(after);
    }

    private void communicate(Position position, int p, Operation operation, List<Position> next) {
        int before = next.size();
        for (int i = 0; i < operation.ways().size(); i++) {
            Way way = operation.ways().get(i);
            if (way.sends()) {
                send(position, p, operation, i, way.channel(), next);
            } else {
                receive(position, p, operation, i, way.channel(), next);
            }
        }
        if (next.size() == before) {
            Position after = new Position(position);
            if (operation.form() == Form.TRIES) {
                after.ends(p, Operation.none());
            } else {
                after.status[p] = Status.WAITING;
            }
            next.add(after);
        }
    }

    private void send(Position position, int p, Operation operation, int way, int channel, List<Position> next) {
        int value = Operation.value(p, position.at[p], way);
        List<int[]> receivers = waiting(position, channel, false);
        if (position.closed[channel]) {
            next.add(new Position(position).ends(p, operation.closed(way)));
        } else if (!receivers.isEmpty()) {
            for (int[] receiver : receivers) {
                next.add(new Position(position)
                        .ends(receiver[0], Operation.received(receiver[1], value))
                        .ends(p, Operation.sent(way)));
            }
        } else if (position.buffers.get(channel).size() < capacities.get(channel)) {
            Position after = new Position(position).ends(p, Operation.sent(way));
            after.buffers.get(channel).add(value);
            next.add(after);
        }
    }

    private void receive(Position position, int p, Operation operation, int way, int channel, List<Position> next) {
        Integer oldest = position.buffers.get(channel).peek();
        List<int[]> senders = position.closed[channel] ? List.of() : waiting(position, channel, true);
        for (int[] sender : senders) {
            int value = Operation.value(sender[0], position.at[sender[0]], sender[1]);
            Position after = new Position(position).ends(sender[0], Operation.sent(sender[1]));
            after.buffers.get(channel).add(value);
            next.add(after.ends(
                    p, Operation.received(way, after.buffers.get(channel).remove())));
        }
        if (senders.isEmpty() && oldest != null) {
            Position after = new Position(position).ends(p, Operation.received(way, oldest));
            after.buffers.get(channel).remove();
            next.add(after);
        } else if (senders.isEmpty() && position.closed[channel]) {
            next.add(new Position(position).ends(p, operation.closed(way)));
        }
    }

    /// Who waits to send to a channel, or to receive: player and way.
    private List<int[]> waiting(Position position, int channel, boolean sends) {
        List<int[]> found = new ArrayList<>();
        for (int p = 0; p < scripts.size(); p++) {
            if (position.status[p] == Status.WAITING) {
                List<Way> ways = current(position, p).ways();
                for (int i = 0; i < ways.size(); i++) {
                    if (ways.get(i).channel() == channel && ways.get(i).sends() == sends) {
                        found.add(new int[] {p, i});
                    }
                }
            }
        }
        return found;
    }
}
