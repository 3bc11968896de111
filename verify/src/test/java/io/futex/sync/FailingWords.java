package io.futex.sync;

import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;

/// Words on which the first one to be woken is refused by the system: it has had a wake, and cannot use it.
final class FailingWords extends ModelWords {
    private boolean failed;

    FailingWords(int bytes, ModelScheduler scheduler) {
        super(bytes, scheduler);
    }

    @Override
    public WaitResult await(long at, int expected, long deadline, boolean interruptible) throws InterruptedException {
        WaitResult result = super.await(at, expected, deadline, interruptible);
        if (result == WaitResult.WOKEN && !failed) {
            failed = true;
            throw new FutexException("on purpose");
        }
        return result;
    }
}
