package io.futex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Words in direct buffers.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutexWordBufferTest {
    @TempDir
    private Path directory;

    private static ByteBuffer direct() {
        return ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
    }

    @Test
    void indexIsAbsoluteAndTheOrderIsNative() {
        ByteBuffer buffer = direct();
        buffer.putInt(8, 0x0102_0304);
        for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
            ByteBuffer view = buffer.duplicate().order(order).position(20).mark();
            for (FutexWord word : new FutexWord[] {FutexWord.local(view, 8), FutexWord.shared(view, 8)}) {
                assertThat(word.get()).isEqualTo(0x0102_0304);
                word.set(-5);
                assertThat(buffer.getInt(8)).isEqualTo(-5);
                word.set(0x0102_0304);
            }
            assertThat(view.position()).as("left alone").isEqualTo(20);
            assertThat(view.order()).isEqualTo(order);
        }
        buffer.position(4);
        buffer.slice().order(ByteOrder.nativeOrder()).putInt(4, 9);
        assertThat(FutexWord.local(buffer.slice(), 4).get()).isEqualTo(9);
    }

    @Test
    void ofAMappedFile() throws Exception {
        try (FileChannel channel = FileChannel.open(
                directory.resolve("words"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
            FutexWord word = FutexWord.shared(buffer, 128);
            Waiter waiter = Waiter.platform(() -> word.awaitChange(0)).awaitAsleep(word.segment());
            FutexWord same = FutexWord.shared(buffer, 128);
            same.setRelease(3);
            same.wakeAll();
            assertThat(waiter.result()).isEqualTo(3);
            FutexWord readOnly = FutexWord.shared(channel.map(FileChannel.MapMode.READ_ONLY, 0, 4096), 128);
            assertThat(readOnly.awaitChange(0)).as("as of a segment").isEqualTo(3);
            assertThatThrownBy(() -> readOnly.set(1)).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void refusesWhatIsNoWord() {
        ByteBuffer buffer = direct();
        for (int index : new int[] {-4, 61, 64, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> FutexWord.local(buffer, index)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> FutexWord.shared(buffer, index)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> FutexWord.local(buffer, 2)).isInstanceOf(IllegalArgumentException.class);
        buffer.limit(32);
        assertThatThrownBy(() -> FutexWord.local(buffer, 32)).isInstanceOf(IndexOutOfBoundsException.class);
        for (ByteBuffer heap : new ByteBuffer[] {
            ByteBuffer.allocate(64), ByteBuffer.allocate(64).asReadOnlyBuffer(), ByteBuffer.wrap(new byte[64])
        }) {
            assertThatThrownBy(() -> FutexWord.local(heap, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heap buffer");
            assertThatThrownBy(() -> FutexWord.shared(heap, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> FutexWord.local((ByteBuffer) null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> FutexWord.shared((ByteBuffer) null, 0)).isInstanceOf(NullPointerException.class);
    }

    /// Its memory is freed with it.
    @Test
    void keepsTheBufferAlive() {
        AtomicReference<WeakReference<ByteBuffer>> buffer = new AtomicReference<>();
        FutexWord word = wordOf(buffer);
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        assertThat(word.get()).isEqualTo(77);
        assertThat(buffer.get().get()).as("reachable by the word").isNotNull();
        word = null;
        Await.until("freed", () -> {
            System.gc();
            return buffer.get().get() == null;
        });
    }

    private static FutexWord wordOf(AtomicReference<WeakReference<ByteBuffer>> reference) {
        ByteBuffer buffer = direct();
        buffer.putInt(4, 77);
        reference.set(new WeakReference<>(buffer));
        return FutexWord.local(buffer, 4);
    }

    @Test
    void ofAClosedArena() {
        Arena arena = Arena.ofShared();
        FutexWord word = FutexWord.local(arena.allocate(ValueLayout.JAVA_LONG).asByteBuffer(), 4);
        assertThat(word.get()).isZero();
        arena.close();
        assertThatThrownBy(word::get).isInstanceOf(IllegalStateException.class);
    }
}
