package io.futex.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.ForkedJvm;
import io.futex.memory.Words;
import io.futex.process.ClassPath;
import io.futex.spi.RobustRecord;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// One of several processes over a file with a robust lock; some of them are killed, at the steps that are told apart
/// here.
public final class RobustProgram {
    /// Offsets in the file.
    public static final long LOCK = 0;
    public static final long ONCE = 64;
    public static final long STEP = 1024;
    public static final long GO = 1028;
    public static final long COUNTER = 1032;
    public static final long BROKEN = 1036;

    /// Steps.
    public static final int HELD = 1;
    public static final int ENTERED = 2;
    public static final int WOKEN = 3;
    public static final int FREED = 4;

    /// Before a part: as where the kernel has no robust lists.
    private static final String LOOK = "look-";

    private static final long BYTES = 4096;
    private static final VarHandle INT = JAVA_INT.varHandle();

    private RobustProgram() {}

    /// This program in a JVM of its own, with the backend of this one.
    ///
    /// @param file the memory
    /// @param part as below
    /// @param rounds as below
    static ForkedJvm jvm(Path file, String part, int rounds) {
        List<String> arguments = new ArrayList<>();
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("io.futex."))
                .forEach(name -> arguments.add("-D" + name + "=" + System.getProperty(name)));
        arguments.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ClassPath.ofTests(),
                RobustProgram.class.getName(),
                file.toString(),
                part,
                String.valueOf(rounds)));
        return ForkedJvm.java(arguments.toArray(String[]::new));
    }

    /// @param arguments the file, which of the parts below, and how many rounds
    @SuppressWarnings("LockNotBeforeTry") // it is killed in between
    public static void main(String[] arguments) throws IOException {
        String part = arguments[1];
        if (part.startsWith(LOOK)) {
            Robust.use(Robust.looking());
            part = part.substring(LOOK.length());
        }
        MemorySegment memory = map(Path.of(arguments[0]), Arena.global());
        StoppingWords words = new StoppingWords(memory);
        RobustMutex lock = new RobustMutex(Robust.ofThisProcess(), words.record, words, RobustRules.RIGHT);
        lock.attach(Here.get().machine());
        switch (part) {
            case "hold" -> {
                lock.lock();
                stop(memory, HELD);
            }
            case "woken" -> {
                words.stopsAfterSleep = true;
                lock.lock();
            }
            case "freed" -> {
                lock.lock();
                INT.setVolatile(memory, STEP, HELD);
                while ((int) INT.getVolatile(memory, GO) == 0) {
                    LockSupport.parkNanos(1_000_000);
                }
                words.stopsBeforeWake = true;
                lock.unlock();
            }
            case "enter" -> {
                lock.lock();
                INT.setVolatile(memory, STEP, ENTERED);
                lock.unlock();
            }
            case "once" -> RobustOnce.over(memory, ONCE).run(() -> stop(memory, HELD));
            case "storm" -> storm(lock, memory, Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(part);
        }
    }

    public static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
        }
    }

    /// The lock, on a system whose waits all return at once.
    static RobustMutex restless(MemorySegment memory) {
        StoppingWords words = new StoppingWords(memory);
        words.isRestless = true;
        return new RobustMutex(Robust.ofThisProcess(), words.record, words, RobustRules.RIGHT);
    }

    /// The word on which who waits for a lock sleeps, in this process.
    public static MemorySegment word(RobustMutex lock) {
        return lock.record.memory();
    }

    /// The same of a once.
    public static MemorySegment word(RobustOnce once) {
        return once.word();
    }

    /// One section after the other, in the middle of which what the lock guards is broken.
    ///
    /// @param rounds how many; negative for ever
    public static void storm(RobustMutex lock, MemorySegment memory, int rounds) {
        for (int i = 0; rounds < 0 || i < rounds; i++) {
            RobustMutex.Outcome outcome = lock.lock();
            try {
                if (outcome == RobustMutex.Outcome.OWNER_DIED) {
                    memory.set(JAVA_INT, BROKEN, 0);
                    lock.markConsistent();
                } else if (memory.get(JAVA_INT, BROKEN) != 0) {
                    throw new AssertionError("the owner before has died, and nobody says so");
                }
                memory.set(JAVA_INT, BROKEN, 1);
                memory.set(JAVA_INT, COUNTER, memory.get(JAVA_INT, COUNTER) + 1);
                memory.set(JAVA_INT, BROKEN, 0);
            } finally {
                lock.unlock();
            }
        }
    }

    private static void stop(MemorySegment memory, int step) {
        INT.setVolatile(memory, STEP, step);
        for (; ; ) {
            LockSupport.park();
        }
    }

    /// The words of a lock, where a thread stops for good at the steps at which it is to be killed.
    private static final class StoppingWords extends Words {
        private final MemorySegment file;
        final RobustRecord record;
        private final Words words;
        boolean isRestless;
        boolean stopsAfterSleep;
        boolean stopsBeforeWake;

        StoppingWords(MemorySegment file) {
            this(file, Robust.ofThisProcess().record(file.asSlice(LOCK, RobustMutex.LAYOUT_BYTES)));
        }

        private StoppingWords(MemorySegment file, RobustRecord record) {
            super(Futex.shared(), record.memory());
            this.file = file;
            this.record = record;
            words = Words.in(Futex.shared(), record.memory());
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            if (isRestless) {
                return WaitResult.WOKEN;
            }
            WaitResult result = words.await(at, expected, deadline, interruptible);
            if (stopsAfterSleep && result == WaitResult.WOKEN) {
                stop(file, WOKEN);
            }
            return result;
        }

        @Override
        public int wake(long at, int count) {
            if (stopsBeforeWake) {
                stop(file, FREED);
            }
            return words.wake(at, count);
        }

        @Override
        public void wakeEntrants(long at, int count) {
            int unused = wake(at, count);
        }

        @Override
        public int get(long at) {
            return words.get(at);
        }

        @Override
        public void set(long at, int value) {
            words.set(at, value);
        }

        @Override
        public int compareAndExchange(long at, int expected, int value) {
            return words.compareAndExchange(at, expected, value);
        }

        @Override
        public int getAndSet(long at, int value) {
            return words.getAndSet(at, value);
        }

        @Override
        public int getAndAdd(long at, int delta) {
            return words.getAndAdd(at, delta);
        }

        @Override
        public int getAndBitwiseOr(long at, int mask) {
            return words.getAndBitwiseOr(at, mask);
        }

        @Override
        public int getAndBitwiseAnd(long at, int mask) {
            return words.getAndBitwiseAnd(at, mask);
        }

        @Override
        public long getLong(long at) {
            return words.getLong(at);
        }

        @Override
        public long compareAndExchangeLong(long at, long expected, long value) {
            return words.compareAndExchangeLong(at, expected, value);
        }
    }
}
