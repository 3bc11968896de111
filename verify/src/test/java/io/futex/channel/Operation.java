package io.futex.channel;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A call of a player, as it stands in a script:
///
/// | script | call |
/// |---|---|
/// | `s0` `r0` | send to, and receive from, the channel 0 |
/// | `s0t` `r0t` | the same, timed |
/// | `s0?` `r0?` | the same, without waiting |
/// | `s0!` `r0!` | the same, and the stack ends once it waits in the cell |
/// | `s0/r1` | a select; also with `t`: `after`, and with `?`: `orElse` |
/// | `c0` | close |
/// | `k0` | `isClosed` |
/// | `i1` | interrupt the player 1 |
/// | `e1` | the time of the player 1 is over |
///
/// @param kind of the first letter, or `x` for what communicates
/// @param number of the channel or player
/// @param ways what it does one of; empty for what does not communicate
/// @param form how long it waits
record Operation(char kind, int number, List<Way> ways, Form form) {
    enum Form {
        WAITS,
        TIMED,
        TRIES,
        FAILS
    }

    /// @param sends or receives
    /// @param channel its number
    record Way(boolean sends, int channel) {}

    static List<Operation> parse(String script) {
        List<Operation> operations = new ArrayList<>();
        for (String word : script.strip().split(" ", -1)) {
            operations.add(parseOne(word));
        }
        return operations;
    }

    private static Operation parseOne(String word) {
        char kind = word.charAt(0);
        if (kind != 's' && kind != 'r') {
            return new Operation(kind, word.charAt(1) - '0', List.of(), Form.WAITS);
        }
        Form form = switch (word.charAt(word.length() - 1)) {
            case 't' -> Form.TIMED;
            case '?' -> Form.TRIES;
            case '!' -> Form.FAILS;
            default -> Form.WAITS;
        };
        List<Way> ways = new ArrayList<>();
        for (String way : word.split("/", -1)) {
            ways.add(new Way(way.charAt(0) == 's', way.charAt(1) - '0'));
        }
        return new Operation('x', 0, ways, form);
    }

    boolean isSelect() {
        return ways.size() > 1;
    }

    // ---- outcomes, each with the number of the way

    /// What is sent by a way: no two alike in one play.
    static int value(int player, int operation, int way) {
        return 100 * player + 10 * operation + way;
    }

    static String sent(int way) {
        return way + "!";
    }

    static String received(int way, int value) {
        return String.format(Locale.ROOT, "%d=%03d", way, value);
    }

    /// A select does not tell to which of its channels it could not send.
    String closed(int way) {
        return (isSelect() && ways.get(way).sends() ? "" : way) + "x";
    }

    static String none() {
        return "-";
    }

    static String interrupted() {
        return "i";
    }

    static String failed() {
        return "o";
    }
}
