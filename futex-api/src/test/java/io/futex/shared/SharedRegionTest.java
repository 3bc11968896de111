package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.Futex;
import io.futex.contract.Waiter;
import io.futex.sync.PMutex;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class SharedRegionTest {
    private static final RegionLayout LAYOUT = RegionLayout.builder()
            .mutex("lock")
            .condition("changed", "lock")
            .semaphore("permits", 3)
            .bytes("table", 100, 64)
            .build();

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("region");
    }

    // ---- making

    @Test
    void isMadeOnce() throws Exception {
        try (SharedRegion region = SharedRegion.create(file, LAYOUT)) {
            assertThat(region.isCreator()).isTrue();
            assertThat(region.bytes()).isEqualTo(4096).isEqualTo(Files.size(file));
            assertThat(region.semaphore("permits").availablePermits()).isEqualTo(3);
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> SharedRegion.create(file, LAYOUT));
        }
        assertNothingIsLeft();
    }

    @Test
    void isAttachedToByAnother() throws Exception {
        try (SharedRegion one = SharedRegion.createOrAttach(file, LAYOUT);
                SharedRegion other = SharedRegion.createOrAttach(file, LAYOUT);
                SharedRegion third = SharedRegion.attach(file, LAYOUT)) {
            assertThat(List.of(one.isCreator(), other.isCreator(), third.isCreator()))
                    .containsExactly(true, false, false);
            one.slot("table").set(ValueLayout.JAVA_INT, 4, 7);
            assertThat(third.slot("table").get(ValueLayout.JAVA_INT, 4)).isEqualTo(7);
            assertThat(other.layout()).hasToString(LAYOUT.toString());
            one.semaphore("permits").acquire();
            assertThat(other.semaphore("permits").availablePermits()).isEqualTo(2);
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "SKIPPED: a file that is open keeps its name")
    void aFileThatIsDeletedIsGoodForWhoHasIt() throws Exception {
        try (SharedRegion one = SharedRegion.create(file, LAYOUT);
                SharedRegion other = SharedRegion.attach(file, LAYOUT)) {
            Files.delete(file);
            one.semaphore("permits").release();
            assertThat(other.semaphore("permits").availablePermits()).isEqualTo(4);
            assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> SharedRegion.attach(file, LAYOUT));
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "SKIPPED: a file that is open is not replaced")
    void anEmptyFileBecomesARegionIfAskedTo() throws Exception {
        Files.createFile(file);
        assertRefused("is empty");
        try (SharedRegion region = SharedRegion.createOrAttach(file, LAYOUT)) {
            assertThat(region.isCreator()).isTrue();
        }
        SharedRegion.attach(file, LAYOUT).close();
        assertNothingIsLeft();
    }

    @Test
    void isForItsOwnerAloneUnlessSaidOtherwise() throws Exception {
        Assumptions.assumeTrue(
                file.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "SKIPPED: the file system knows no permissions");
        SharedRegion.create(file, LAYOUT).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Path open = folder.resolve("open");
        SharedRegion.createOrAttach(
                        open,
                        LAYOUT,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))
                .close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(open)))
                .isEqualTo("rw-r-----");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "SKIPPED: wine has no links to nowhere")
    void aLinkToNowhereIsNoRegion() throws Exception {
        Files.createSymbolicLink(file, folder.resolve("nowhere"));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> SharedRegion.createOrAttach(file, LAYOUT));
    }

    // ---- what is refused

    @Test
    void anotherFileIsRefused() throws Exception {
        Files.writeString(file, "short");
        assertRefused("has 5 bytes, and a region has at least 128");
        Files.writeString(file, "x".repeat(4096));
        assertRefused("does not begin with FUTEXRGN");
    }

    @Test
    void anotherLayoutIsRefused() throws Exception {
        SharedRegion.create(
                        file,
                        RegionLayout.builder().mutex("lock").word("changed").build())
                .close();
        assertRefused("slot 2 is `192 word changed`, where `192 condition changed lock` is expected");
    }

    @Test
    void anotherVersionByteOrderAndStateAreRefused() throws Exception {
        SharedRegion.create(file, LAYOUT).close();
        put(8, 2);
        assertRefused("version 2; this library knows version 1");
        put(8, 1);
        put(12, 0x04030201);
        assertRefused("the other byte order; this one is " + ByteOrder.nativeOrder());
        put(12, 0x01020304);
        put(56, 0);
        assertRefused("not whole yet");
        put(56, 1);
        SharedRegion.attach(file, LAYOUT).close();
    }

    @Test
    void aTruncatedFileIsRefused() throws Exception {
        SharedRegion.create(file, LAYOUT).close();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(4000);
        }
        assertRefused("has 4000 bytes, and its header says 4096: it was truncated");
        Files.writeString(file, " ".repeat(1000), StandardOpenOption.APPEND);
        assertRefused("has 5000 bytes, and its header says 4096");
    }

    /// Whichever byte of the header or the layout is another one: refused, or it does not matter.
    @Test
    void aDamagedFileIsRefused() throws Exception {
        SharedRegion.create(file, LAYOUT).close();
        byte[] whole = Files.readAllBytes(file);
        int text = (int) LAYOUT.textOffset();
        int refused = 0;
        for (int at = 0; at < text + LAYOUT.toString().length(); at = at == 127 ? text : at + 1) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x55;
            Files.write(file, damaged);
            try {
                SharedRegion.attach(file, LAYOUT).close();
            } catch (RegionFormatException e) {
                refused++;
                assertThat(e).hasMessageStartingWith(file.toString());
                continue;
            }
            assertThat(at).as("a byte that nobody looks at").isBetween(32, 127);
        }
        assertThat(refused).isGreaterThan(32);
    }

    @Test
    void whatIsThereIsAttachedToByWhoDoesNotKnowIt() throws Exception {
        SharedRegion.create(file, LAYOUT).close();
        try (SharedRegion region = SharedRegion.attachTo(file, null)) {
            assertThat(region.semaphore("permits").availablePermits()).isEqualTo(3);
        }
    }

    // ---- slots

    @Test
    void aSlotIsTheSameObjectEachTime() throws Exception {
        try (SharedRegion region = SharedRegion.create(file, LAYOUT)) {
            PMutex lock = region.mutex("lock");
            assertThat(region.mutex("lock")).isSameAs(lock);
            lock.lock();
            try {
                region.condition("changed").signal(); // which asks whether that very object is locked
            } finally {
                lock.unlock();
            }
        }
    }

    @Test
    void aWrongSlotIsRefused() throws Exception {
        try (SharedRegion region = SharedRegion.create(file, LAYOUT)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> region.mutex("lok"))
                    .withMessage("there is no slot `lok`; there are: [lock, changed, permits, table]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> region.mutex("permits"))
                    .withMessage("the slot `permits` is a semaphore, not a mutex");
            assertThatIllegalArgumentException().isThrownBy(() -> region.slot("tables"));
            assertThat(region.slot("table").byteSize()).isEqualTo(100);
        }
    }

    // ---- closing

    @Test
    void aClosedRegionIsClosed() throws Exception {
        SharedRegion region = SharedRegion.create(file, LAYOUT);
        PMutex lock = region.mutex("lock");
        region.close();
        region.close();
        assertThatIllegalStateException().isThrownBy(lock::lock);
        assertThatIllegalStateException().isThrownBy(() -> region.mutex("lock").lock());
        assertThatIllegalStateException().isThrownBy(() -> region.semaphore("permits"));
        assertThat(region).hasToString("SharedRegion[" + file + ", closed]");
    }

    @Test
    void isNotClosedUnderASleeper() throws Exception {
        Assumptions.assumeTrue(
                Futex.shared().backend().equals("linux") && !"jna".equals(System.getProperty("io.futex.binding")),
                "SKIPPED: only a native wait by FFM is noticed");
        try (SharedRegion region = SharedRegion.create(file, LAYOUT)) {
            Waiter waiter = Waiter.platform(() -> region.semaphore("permits").tryAcquire(4, 1, TimeUnit.DAYS));
            waiter.awaitAsleep(region.slot("permits").asSlice(8, 4));
            assertThatIllegalStateException()
                    .isThrownBy(region::close)
                    .withMessageContaining("threads of this process sleep in the region " + file);
            region.semaphore("permits").release();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    // ---- without a file

    @Test
    void anAnonymousRegionIsFoundByItsDescriptor() throws Exception {
        assumeMemoryFiles();
        Path path;
        try (SharedRegion region = SharedRegion.createAnonymous("futex test", LAYOUT)) {
            path = region.path();
            assertThat(path.toString())
                    .startsWith("/proc/" + ProcessHandle.current().pid() + "/fd/");
            try (SharedRegion other = SharedRegion.attach(path, LAYOUT)) {
                assertThat(other.isCreator()).isFalse();
                other.semaphore("permits").release();
                assertThat(region.semaphore("permits").availablePermits()).isEqualTo(4);
            }
        }
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> SharedRegion.attach(path, LAYOUT));
    }

    @Test
    void anAnonymousRegionKeepsItsSize() throws Exception {
        assumeMemoryFiles();
        try (SharedRegion region = SharedRegion.createAnonymous("futex test", LAYOUT);
                FileChannel channel = RegionFiles.open(region.path())) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> channel.truncate(0))
                    .withMessageContaining("not permitted");
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> channel.write(ByteBuffer.allocate(1), region.bytes()));
            assertThat(channel.size()).isEqualTo(region.bytes());
        }
    }

    @Test
    void elsewhereThereAreNoAnonymousRegions() {
        Assumptions.assumeFalse(Futex.shared().backend().equals("linux"));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> SharedRegion.createAnonymous("futex test", LAYOUT))
                .withMessageContaining("Linux");
    }

    private static void assumeMemoryFiles() {
        Assumptions.assumeTrue(Futex.shared().backend().equals("linux"), "SKIPPED: only Linux has memory files");
    }

    // ---- inside

    private void assertRefused(String why) {
        assertThatExceptionOfType(RegionFormatException.class)
                .isThrownBy(() -> SharedRegion.attach(file, LAYOUT))
                .withMessageContaining(why)
                .withMessageStartingWith(file.toString());
        if (!why.contains("empty")) {
            assertThatExceptionOfType(RegionFormatException.class)
                    .isThrownBy(() -> SharedRegion.createOrAttach(file, LAYOUT));
        }
    }

    private void put(int at, int value) throws IOException {
        try (FileChannel channel = RegionFiles.open(file)) {
            ByteBuffer word = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder());
            RegionHeader.write(channel, word.putInt(0, value), at);
        }
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }
}
