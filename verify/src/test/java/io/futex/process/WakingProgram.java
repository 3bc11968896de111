package io.futex.process;

import io.futex.FutexWord;
import io.futex.contract.SeccompFilter;
import java.lang.foreign.Arena;

/// A program that wakes a word on which nobody waits, by futex(2) alone, since the strace of Debian 12 does not know
/// futex_wake; and that prints where the word is.
public final class WakingProgram {
    private WakingProgram() {}

    /// @param arguments the scope, and how often
    public static void main(String[] arguments) {
        SeccompFilter.denyWhatIsNew(SeccompFilter.ENOSYS);
        boolean shared = arguments[0].equals("shared");
        FutexWord word = shared ? FutexWord.shared(Arena.ofAuto().allocate(4, 4), 0) : FutexWord.local(0);
        int woken = 0;
        for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
            woken += word.wakeOne();
        }
        if (woken != 0) {
            throw new AssertionError(woken + " were woken, and nobody waits");
        }
        System.out.print("0x" + Long.toHexString(word.segment().address()));
    }
}
