package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.shared.RegionLayout;
import io.futex.shared.SharedQueue;
import io.futex.shared.SharedRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One of two ends that send each other records, each by a queue of its own.
///
/// @param out to the other end
/// @param in from there
record QueueEndpoint(SharedQueue out, SharedQueue in) implements Endpoint {
    private static final String PREFIX = "queue-";
    private static final int CAPACITY = 16;

    static boolean isNamed(String kind) {
        return kind.startsWith(PREFIX);
    }

    /// The end that makes the file.
    static Endpoint create(String kind, Path file) throws IOException {
        Files.deleteIfExists(file);
        SharedRegion region = SharedRegion.create(file, layout(kind));
        return new QueueEndpoint(region.queue("there"), region.queue("back"));
    }

    static Endpoint attach(String kind, Path file) throws IOException {
        SharedRegion region = SharedRegion.attach(file, layout(kind));
        return new QueueEndpoint(region.queue("back"), region.queue("there"));
    }

    private static RegionLayout layout(String kind) {
        SharedQueue.Kind of = SharedQueue.Kind.valueOf(kind.substring(PREFIX.length()));
        return RegionLayout.builder()
                .queue("there", of, CAPACITY, Integer.BYTES)
                .queue("back", of, CAPACITY, Integer.BYTES)
                .build();
    }

    @Override
    public void send(int message) throws InterruptedException {
        long claim = out.claim();
        out.record(claim).set(JAVA_INT, 0, message);
        out.commit(claim);
    }

    @Override
    public int receive() throws InterruptedException {
        long taken = in.take();
        int message = in.record(taken).get(JAVA_INT, 0);
        in.release(taken);
        return message;
    }
}
