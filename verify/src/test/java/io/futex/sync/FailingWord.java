package io.futex.sync;

import io.futex.FutexException;
import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.WaitResult;

/// A word on which the first one to be woken is refused by the system: it has had a wake, and cannot use it.
final class FailingWord extends ModelWord {
    private boolean failed;

    FailingWord(int initial, ModelWordScheduler scheduler) {
        super(initial, scheduler);
    }

    @Override
    public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
        WaitResult result = super.awaitUntilUninterruptibly(expected, deadlineNanos);
        if (result == WaitResult.WOKEN && !failed) {
            failed = true;
            throw new FutexException("on purpose");
        }
        return result;
    }
}
