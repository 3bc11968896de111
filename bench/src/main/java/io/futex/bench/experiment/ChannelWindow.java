package io.futex.bench.experiment;

import io.futex.bench.os.Load;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// Windows of time in which parties hand values over: how long one takes.
///
/// Parameters: `kind` (channel, synchronous, transfer, array, jox, kotlin); `threads` (virtual, platform); `form`
/// (transfer with `capacity`, `senders` and `receivers`; select with `channels`; alone, attempts, misses); `millis` of
/// a window, how many `windows` are wanted, and how much of one processor, in percent, other programs may take:
/// `most-foreign`.
///
/// A window in which they take more is dropped and measured again, until as many were dropped as are wanted.
final class ChannelWindow implements Experiment {
    /// The system counts time in steps of 10 ms: about less it says nothing.
    private static final long LEAST_MILLIS = 50;

    /// The part of a window that parties have to get going.
    private static final int LEAD = 4;

    @Override
    public void run(Request request, Reply reply) throws InterruptedException {
        int parties =
                (int) (request.number("senders", 0) + request.number("receivers", 0) + request.number("channels", 0));
        Tally tally = new Tally(parties + 1);
        Traffic traffic = traffic(request, tally);
        try {
            start(request, traffic);
            measure(request, tally, reply);
        } finally {
            tally.end();
            traffic.join();
        }
        tally.check();
    }

    private static Traffic traffic(Request request, Tally tally) {
        boolean virtual = request.text("threads").equals("virtual");
        String kind = request.text("kind");
        return kind.equals("kotlin") ? new KotlinTraffic(virtual, tally) : new ThreadTraffic(kind, virtual, tally);
    }

    private static void start(Request request, Traffic traffic) {
        switch (request.text("form")) {
            case "transfer" ->
                traffic.transfer(
                        Math.toIntExact(request.number("capacity")),
                        Math.toIntExact(request.number("senders")),
                        Math.toIntExact(request.number("receivers")));
            case "select" -> traffic.select(Math.toIntExact(request.number("channels")));
            case "alone" -> traffic.alone();
            case "attempts" -> traffic.attempts();
            case "misses" -> traffic.misses();
            default -> throw new IllegalArgumentException("no form " + request.text("form"));
        }
    }

    private static void measure(Request request, Tally tally, Reply reply) throws InterruptedException {
        long millis = request.number("millis");
        double[] kept = new double[Math.toIntExact(request.number("windows"))];
        long mostForeign = request.number("most-foreign");
        int quiet = 0;
        int dropped = 0;
        TimeUnit.MILLISECONDS.sleep(millis / LEAD);
        while (quiet < kept.length && dropped < kept.length) {
            Load before = Load.now();
            long count = tally.total();
            long begin = System.nanoTime();
            TimeUnit.MILLISECONDS.sleep(millis);
            count = tally.total() - count;
            double nanos = (double) (System.nanoTime() - begin) / count;
            if (millis >= LEAST_MILLIS && 100 * Load.now().foreignSince(before) > mostForeign) {
                dropped++;
            } else {
                kept[quiet++] = nanos;
            }
        }
        reply.put("ns", Arrays.copyOf(kept, quiet));
        reply.put("windows", quiet + dropped);
        reply.put("dropped", dropped);
    }
}
