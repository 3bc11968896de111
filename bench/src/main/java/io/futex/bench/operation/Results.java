package io.futex.bench.operation;

import io.futex.bench.peer.Reply;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the peers of a contest replied, round by round.
final class Results {
    private final Map<String, List<Reply>> replies = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    void add(String who, Reply reply) {
        replies.computeIfAbsent(who, unused -> new ArrayList<>()).add(reply);
    }

    /// A failure spoils all figures of a peer: they would be the ones of its good moments.
    void fail(String who, String why) {
        failures.putIfAbsent(who, why);
    }

    /// The median over the rounds, each of one sample or the median of its own.
    Figure median(String who, String value) {
        return quantile(who, value, 0.5);
    }

    /// The median over the rounds of a quantile inside each round.
    Figure quantile(String who, String value, double fraction) {
        String failure = failures.get(who);
        if (failure != null) {
            return Figure.absent(who, failure);
        }
        double[] rounds = replies.getOrDefault(who, List.of()).stream()
                .map(reply -> reply.samples(value))
                .filter(samples -> samples.length > 0)
                .mapToDouble(samples -> Statistics.quantileOf(samples, fraction))
                .toArray();
        return rounds.length == 0 ? Figure.absent(who, "no figure " + value) : Figure.median(who, rounds);
    }

    /// What was counted, over all peers and rounds.
    long count(String value) {
        return replies.values().stream()
                .flatMap(List::stream)
                .mapToLong(reply -> (long) Arrays.stream(reply.samples(value)).sum())
                .sum();
    }

    /// The highest of all samples.
    Figure highest(String who, String value) {
        Figure figure = quantile(who, value, 1);
        return figure.isPresent() ? new Figure(who, figure.highest(), figure.lowest(), figure.highest(), "") : figure;
    }
}
