package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Many threads sleep: how long from the call that releases them to the last one out. Round after round with one gate.
final class ReleaseRace {
    private final Gate gate;
    private final int rounds;
    private final List<Waiter> waiters = new ArrayList<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final Thread starter = Thread.currentThread();
    private volatile int over;
    private long outAt; // published by over

    private ReleaseRace(Gate gate, int rounds) {
        this.gate = gate;
        this.rounds = rounds;
    }

    /// Parameters: `kind`, `waiters`, `rounds`, `settle-us` (the time given to the last ones to fall asleep).
    static void run(Request request, Reply reply) throws Exception {
        int count = request.count("waiters");
        ReleaseRace race = new ReleaseRace(Gate.named(request.text("kind"), count), request.count("rounds"));
        for (int i = 0; i < count; i++) {
            race.waiters.add(new Waiter(race));
        }
        double[] nanos = new double[race.rounds];
        double allocated = 0;
        try {
            for (int round = 1; round <= race.rounds; round++) {
                nanos[round - 1] = race.round(round, request.number("settle-us"));
            }
        } finally {
            for (Waiter waiter : race.waiters) {
                waiter.leave();
                allocated += waiter.allocated;
            }
        }
        reply.put("ns", nanos);
        if (race.rounds > 1) {
            reply.put("bytes", allocated / count / (race.rounds - 1));
        }
    }

    private long round(int round, long settleMicros) throws Exception {
        gate.close().run();
        arrived.set(0);
        inside.set(waiters.size());
        for (Waiter waiter : waiters) {
            waiter.enter(round);
        }
        do { // they count before they sleep
            TimeUnit.MICROSECONDS.sleep(settleMicros);
        } while (arrived.get() < waiters.size());
        long begin = System.nanoTime();
        gate.open().run();
        while (over < round) {
            LockSupport.park();
        }
        return outAt - begin;
    }

    private void pass(int round) throws Exception {
        arrived.incrementAndGet();
        gate.pass().run();
        if (inside.decrementAndGet() == 0) {
            outAt = System.nanoTime();
            over = round;
            LockSupport.unpark(starter);
        }
    }

    /// A thread that enters each round when it is told, the same way for every kind, so that entering is no part of the
    /// race.
    private static final class Waiter {
        private final Thread thread;
        private volatile int turn;
        private volatile boolean left;
        private long allocated; // read after join

        Waiter(ReleaseRace race) {
            thread = Thread.ofPlatform().stackSize(256 * 1024).unstarted(() -> run(race));
            thread.start();
        }

        private void run(ReleaseRace race) {
            for (int round = 1; round <= race.rounds; round++) {
                while (turn < round) {
                    LockSupport.park();
                    if (left) {
                        return;
                    }
                }
                try {
                    long before = Allocation.bytes();
                    race.pass(round);
                    if (round > 1) { // the first one makes what a thread keeps for its life
                        allocated += Allocation.bytes() - before;
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        void enter(int round) {
            turn = round;
            LockSupport.unpark(thread);
        }

        void leave() throws InterruptedException {
            left = true;
            LockSupport.unpark(thread);
            thread.join();
        }
    }
}
