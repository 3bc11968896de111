package io.futex.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/// A program in a JVM of its own, beside a file that both map.
public final class OtherProcess implements AutoCloseable {
    private final Path directory;
    private final Process process;

    /// @param directory for its output
    /// @param program has a main method
    /// @param arguments of the program
    public OtherProcess(Path directory, Class<?> program, String... arguments) {
        this.directory = directory;
        String[] command = {
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED", // for Agrona
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            program.getName()
        };
        String[] all = Arrays.copyOf(command, command.length + arguments.length);
        System.arraycopy(arguments, 0, all, command.length, arguments.length);
        process = ForkedJvm.java(all).start(out(), err());
    }

    /// For the program and its test.
    ///
    /// @param bytes how many, zero at first
    public static MappedByteBuffer map(Path file, int bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
        }
    }

    /// Whether it has not ended, by a failure for instance.
    public boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for a good end.
    public void awaitEnd() throws IOException, InterruptedException {
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("it ends").isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(out()) + Files.readString(err()))
                .isZero();
    }

    private Path out() {
        return directory.resolve("out");
    }

    private Path err() {
        return directory.resolve("err");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
