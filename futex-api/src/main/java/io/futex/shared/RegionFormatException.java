package io.futex.shared;

import java.io.IOException;
import java.nio.file.Path;

/// A file is not the region that it should be; the message says what differs.
public class RegionFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /// @param path the file
    /// @param difference what it is, and what was expected, for people
    public RegionFormatException(Path path, String difference) {
        super(path + ": " + difference);
    }
}
