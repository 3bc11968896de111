package io.futex.shared;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which boot of which machine this process lives in, and in whose numbers its process ids are. Zero where the system
/// does not tell: only Linux does, by files.
///
/// @param boot1 the first half of the boot id
/// @param boot2 the second half
/// @param namespace the PID namespace's inode
record Machine(long boot1, long boot2, long namespace) {
    /// Of this process.
    static final Machine HERE = find();

    private static final int HEX = 16;

    private static Machine find() {
        // random(4): a UUID that is drawn at boot
        String boot = read(Path.of("/proc/sys/kernel/random/boot_id")).replace("-", "");
        long first = 0;
        long second = 0;
        if (boot.length() == 2 * HEX) {
            first = Long.parseUnsignedLong(boot, 0, HEX, HEX);
            second = Long.parseUnsignedLong(boot, HEX, 2 * HEX, HEX);
        }
        return new Machine(first, second, namespaceOf("/proc/self/ns/pid"));
    }

    /// namespaces(7): a link to `pid:[4026531836]`.
    private static long namespaceOf(String link) {
        try {
            String digits = Files.readSymbolicLink(Path.of(link)).toString().replaceAll("[^0-9]", "");
            return digits.isEmpty() ? 0 : Long.parseLong(digits);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException | RuntimeException e) {
            return "";
        }
    }
}
