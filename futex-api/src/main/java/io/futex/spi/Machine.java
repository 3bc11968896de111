package io.futex.spi;

/// Which boot of which machine a process lives in, and in whose numbers its process ids are. Zero where the system does
/// not tell.
///
/// @param boot1 the first half of the boot id; its upper 32 bits alone tell boots apart
/// @param boot2 the second half
/// @param namespace of process ids, where the system has several
public record Machine(long boot1, long boot2, long namespace) {
    private static final int HEX = 16;

    /// Of a machine that draws a UUID at each boot.
    ///
    /// @param uuid as text; anything else is no boot id
    /// @param namespace of process ids
    /// @return the machine
    public static Machine of(String uuid, long namespace) {
        String digits = uuid.strip().replace("-", "");
        return digits.length() == 2 * HEX
                ? new Machine(
                        Long.parseUnsignedLong(digits, 0, HEX, HEX),
                        Long.parseUnsignedLong(digits, HEX, 2 * HEX, HEX),
                        namespace)
                : new Machine(0, 0, namespace);
    }

    /// Whether the other is of another boot. One that is not known is of none.
    ///
    /// @param other found in a file
    /// @return false if nobody knows
    public boolean isOfAnotherBoot(Machine other) {
        return hasBoot() && other.hasBoot() && (boot1 != other.boot1 || boot2 != other.boot2);
    }

    private boolean hasBoot() {
        return boot1 != 0 || boot2 != 0;
    }
}
