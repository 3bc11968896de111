package io.futex.adapters.chronicle;

import io.futex.adapters.Handover;
import io.futex.adapters.OtherProcess;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.sync.Doorbell;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.threads.Pauser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// An event loop of Chronicle in another process, which is unpaused from here.
@ExtendWith(Seed.class)
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoProcessesTest {
    private static final int COUNT = Scale.of(100_000, 2_000_000);

    @TempDir
    private Path directory;

    @Test
    void theOtherProcessSleepsOverNothing() throws Exception {
        Path path = directory.resolve("numbers");
        MemorySegment memory = LoopProgram.map(path);
        Doorbell bell = LoopProgram.bell(memory);
        Pauser pauser = new SignalledPauser(bell); // of the loop over there
        try (OtherProcess loop =
                new OtherProcess(directory, LoopProgram.class, path.toString(), String.valueOf(COUNT))) {
            Await.until("it sleeps", () -> bell.waiters() == 1 || !loop.isAlive());
            Handover.publish(
                    COUNT,
                    number -> {
                        LoopProgram.set(memory, LoopProgram.PUBLISHED, number);
                        pauser.unpause();
                    },
                    () -> LoopProgram.get(memory, LoopProgram.TAKEN));
            loop.awaitEnd();
        }
    }
}
