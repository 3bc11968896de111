package io.futex.contract;

import io.futex.Futex;

/// A program that uses the library for the first time where little stack is left, and then again with plenty: at each
/// depth a copy of its own.
public final class DeepFirstUse {
    private static final long STACK_BYTES = 512 << 10;
    private static final int STEP = 5;

    /// So many in a row work, and all with more stack will.
    private static final int ENOUGH = 10;

    private final Runnable use;
    private int left;
    private Throwable thrown;

    private DeepFirstUse(Runnable use, int left) {
        this.use = use;
        this.left = left;
    }

    /// Says how many first uses have ended in which way.
    ///
    /// @param places of the library and of this program
    public static void main(String[] places) throws Exception {
        new OwnLoader(places).copyOf(Use.class).run(); // whatever the JVM itself needs
        int failed = 0;
        int worked = 0;
        for (int frames = STEP; worked < ENOUGH; frames += STEP) {
            try (OwnLoader loader = new OwnLoader(places)) {
                DeepFirstUse deep = new DeepFirstUse(loader.copyOf(Use.class), frames);
                Thread thread = new Thread(null, deep::run, "deep", STACK_BYTES);
                thread.start();
                thread.join();
                worked = deep.thrown == null ? worked + 1 : 0;
                failed += deep.thrown == null ? 0 : 1;
            }
        }
        System.out.println("failed once: " + failed);
    }

    private void run() {
        try {
            down();
        } catch (StackOverflowError e) {
            // as it should
        }
        try {
            use.run();
        } catch (Throwable e) {
            System.out.println("fails again: " + e);
        }
    }

    /// Goes down as far as the stack takes it, and some frames up again.
    @SuppressWarnings("InfiniteRecursion") // that is the purpose
    private void down() {
        try {
            down();
        } catch (StackOverflowError e) {
            if (--left == 0) {
                try {
                    use.run();
                } catch (Throwable first) {
                    thrown = first;
                }
            }
            throw e;
        }
    }

    /// What is used.
    public static final class Use implements Runnable {
        /// For [OwnLoader#copyOf].
        public Use() {}

        @Override
        public void run() {
            String unused = Futex.local().backend();
        }
    }
}
