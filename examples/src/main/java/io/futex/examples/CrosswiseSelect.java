package io.futex.examples;

import io.futex.channel.Channel;
import io.futex.channel.Select;

/// Two threads that each would send to the other or receive from it, whichever comes first: two selects that meet
/// crosswise, on two channels. Each time one of them sends and the other receives; never do both, nor neither.
///
/// It is how two parties exchange what they have without agreeing who begins; with a send and then a receive, both
/// would wait for ever.
public final class CrosswiseSelect {
    /// What one of the two has done. Only its own thread writes it, in handlers.
    private static final class Party {
        private int sent;
        private int received;

        private void run(int rounds, Channel<Integer> out, Channel<Integer> in) {
            Select select = Select.create().send(out, rounds, () -> sent++).receive(in, value -> received++);
            try {
                for (int i = 0; i < rounds; i++) {
                    select.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CrosswiseSelect() {}

    /// Prints how often they have met.
    ///
    /// @param args none
    public static void main(String[] args) throws InterruptedException {
        System.out.println(run(10_000) + " times one sent and the other received");
    }

    /// Lets two threads meet.
    ///
    /// @param rounds how often
    /// @return how often they have met
    public static int run(int rounds) throws InterruptedException {
        Channel<Integer> there = Channel.unbuffered();
        Channel<Integer> back = Channel.unbuffered();
        Party one = new Party();
        Party other = new Party();
        Thread first = Thread.startVirtualThread(() -> one.run(rounds, there, back));
        Thread second = Thread.ofPlatform().start(() -> other.run(rounds, back, there));
        first.join();
        second.join();
        if (one.sent != other.received || other.sent != one.received) {
            throw new IllegalStateException("a value was lost, or came twice");
        }
        return one.sent + other.sent;
    }
}
