package io.futex.examples;

import io.futex.sync.Event;
import io.futex.sync.WaitGroup;

/// Two kinds of event: a gate at which all runners wait for the start, and a turnstile that lets one at a time through.
public final class StartingGun {
    private StartingGun() {}

    /// Prints how many have come through.
    public static void main(String[] args) throws InterruptedException {
        System.out.println(run(20) + " runners started together and went through the turnstile one by one");
    }

    /// Lets runners run.
    ///
    /// @param runners how many there are
    /// @return how many have come through
    public static int run(int runners) throws InterruptedException {
        Event start = Event.manualReset();
        Event turnstile = Event.autoReset();
        WaitGroup group = new WaitGroup();
        int[] through = new int[1]; // plain: the turnstile guards it
        for (int i = 0; i < runners; i++) {
            group.go(() -> {
                start.awaitUninterruptibly();
                turnstile.awaitUninterruptibly();
                through[0]++;
                turnstile.set(); // the next, please
            });
        }
        start.set();
        turnstile.set();
        group.await();
        return through[0];
    }
}
