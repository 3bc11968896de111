package io.futex.channel;

import io.futex.schedule.Game;
import io.futex.schedule.Steps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// Players that each follow a script on some channels. What came of it must be one of the outcomes allowed, and when
/// all are through nothing is left in the channels.
final class Play implements Game {
    private final List<List<Operation>> scripts = new ArrayList<>();
    private final List<Channel<Integer>> channels = new ArrayList<>();
    private final Predicate<String> allowed;
    private final List<StringBuilder> outcomes = new ArrayList<>();
    private int ended;
    private String atEnd = "";

    Play(List<String> scripts, List<Integer> capacities, Predicate<String> allowed) {
        for (String script : scripts) {
            this.scripts.add(Operation.parse(script));
            outcomes.add(new StringBuilder());
        }
        for (int capacity : capacities) {
            channels.add(capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity));
        }
        this.allowed = allowed;
    }

    @Override
    public List<Runnable> players() {
        List<Runnable> players = new ArrayList<>();
        for (int i = 0; i < scripts.size(); i++) {
            int player = i;
            players.add(() -> follow(player));
        }
        return players;
    }

    private void follow(int player) {
        List<Operation> script = scripts.get(player);
        for (int i = 0; i < script.size(); i++) {
            String outcome;
            try {
                outcome = perform(player, i, script.get(i));
            } catch (InterruptedException e) {
                outcome = Operation.interrupted();
            } catch (StackOverflowError e) {
                outcome = Operation.failed();
            }
            outcomes.get(player).append(outcome).append(' ');
            Steps.forgetAllBut(outcomes.get(player).toString());
        }
        ended++;
    }

    private String perform(int player, int at, Operation operation) throws InterruptedException {
        if (operation.isSelect()) {
            return select(player, at, operation);
        }
        Steps.failInCell(operation.form() == Operation.Form.FAILS);
        Channel<Integer> channel = channels.get(
                operation.ways().isEmpty()
                        ? operation.number() % channels.size()
                        : operation.ways().get(0).channel());
        switch (operation.kind()) {
            case 'c' -> channel.close();
            case 'k' -> {
                return String.valueOf(channel.isClosed());
            }
            case 'i' -> Steps.interruptPlayer(operation.number());
            case 'e' -> Steps.endTimeOf(operation.number());
            default -> {
                return operation.ways().get(0).sends()
                        ? send(channel, Operation.value(player, at, 0), operation)
                        : receive(channel, operation);
            }
        }
        return "";
    }

    private static String send(Channel<Integer> to, int value, Operation operation) throws InterruptedException {
        try {
            boolean sent = switch (operation.form()) {
                case WAITS, FAILS -> {
                    to.send(value);
                    yield true;
                }
                case TIMED -> to.trySend(value, 1, TimeUnit.HOURS);
                case TRIES -> to.trySend(value);
            };
            return sent ? Operation.sent(0) : Operation.none();
        } catch (ChannelClosedException e) {
            return operation.closed(0);
        }
    }

    private static String receive(Channel<Integer> from, Operation operation) throws InterruptedException {
        Received<Integer> received = switch (operation.form()) {
            case WAITS, FAILS -> {
                try {
                    yield new Received.Value<>(from.receive());
                } catch (ChannelClosedException e) {
                    yield new Received.Closed<>();
                }
            }
            case TIMED -> from.tryReceive(1, TimeUnit.HOURS);
            case TRIES -> from.tryReceive();
        };
        return switch (received) {
            case Received.Value<Integer> value -> Operation.received(0, value.value());
            case Received.Empty<Integer> empty -> Operation.none();
            case Received.Closed<Integer> closed -> operation.closed(0);
        };
    }

    private String select(int player, int at, Operation operation) throws InterruptedException {
        String[] outcome = {""};
        Select select = Select.create();
        for (int i = 0; i < operation.ways().size(); i++) {
            int way = i;
            Channel<Integer> channel = channels.get(operation.ways().get(i).channel());
            if (operation.ways().get(i).sends()) {
                int value = Operation.value(player, at, way);
                select.sendFrom(channel, () -> value, () -> outcome[0] += Operation.sent(way)); // it is not kept
            } else {
                select.receive(
                        channel,
                        value -> outcome[0] += Operation.received(way, value),
                        () -> outcome[0] += operation.closed(way));
            }
        }
        switch (operation.form()) {
            case TIMED -> select.after(Duration.ofHours(1), () -> outcome[0] += Operation.none());
            case TRIES -> select.orElse(() -> outcome[0] += Operation.none());
            case WAITS, FAILS -> {}
        }
        try {
            select.run();
        } catch (ChannelClosedException e) {
            outcome[0] += "x";
        }
        return outcome[0];
    }

    @Override
    public boolean looksTwice() {
        return scripts.stream()
                .flatMap(List::stream)
                .anyMatch(operation -> operation.isSelect() && operation.form() == Operation.Form.TRIES);
    }

    @Override
    public boolean mayHang() {
        atEnd = String.join("| ", outcomes);
        return true;
    }

    @Override
    public void check() {
        boolean through = ended == scripts.size();
        if (through) {
            atEnd = String.join("| ", outcomes);
        }
        if (!allowed.test(atEnd)) {
            throw new AssertionError("not allowed: " + atEnd);
        }
        if (through) {
            if (fails()) { // and leaves a bit to the next section
                channels.forEach(channel -> channel.takeBack(Node.forCall(null)));
            }
            channels.forEach(Play::checkEmpty);
        }
    }

    private boolean fails() {
        return scripts.stream().flatMap(List::stream).anyMatch(operation -> operation.form() == Operation.Form.FAILS);
    }

    /// Nothing is left of those who have waited, nor of values which are not in the buffer.
    @SuppressWarnings("ReferenceEquality") // of links
    static void checkEmpty(Channel<?> channel) {
        long waiting = Sections.LOCK | Sections.RECEIVERS | Sections.SENDERS;
        boolean empty = (channel.state & waiting) == 0
                && channel.receivers.next == channel.receivers
                && channel.senders.next == channel.senders
                && channel.receiverCell == Sections.FREE
                && channel.senderCell == Sections.FREE
                && channel.received == null
                && channel.offered == null;
        int values = 0;
        for (Object value : channel.ring) {
            values += value == null ? 0 : 1;
        }
        if (!empty || values != channel.size()) {
            throw new AssertionError("something is left in " + channel);
        }
    }
}
