package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Request;
import io.futex.sync.Parker;

/// The other side is a thread of this process.
final class ThreadPartners implements Partners {
    @Override
    public Line start(Request request, Thread ping) {
        String kind = request.text("kind");
        if (kind.equals("park")) {
            ParkLine.Field field = new ParkLine.Field();
            return new ParkLine(field, thread(new ParkLine(field, ping)));
        }
        if (kind.equals("parker")) {
            ParkerLine.Field field = new ParkerLine.Field();
            Parker here = new Parker();
            Parker there = new Parker();
            thread(new ParkerLine(field, there, here));
            return new ParkerLine(field, here, there);
        }
        if (ConditionLine.knows(kind)) {
            ConditionLine.Field field = ConditionLine.field(kind);
            thread(new ConditionLine(field));
            return new ConditionLine(field);
        }
        FutexWord word = FutexWord.local(Line.PONG);
        thread(WordLine.of(kind, word, false));
        return WordLine.of(kind, word, false);
    }

    private static Thread thread(Line line) {
        return Thread.ofPlatform().daemon().name("pong").start(() -> {
            try {
                Echo.run(line);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
