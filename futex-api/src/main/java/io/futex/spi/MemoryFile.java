package io.futex.spi;

import java.nio.file.Path;

/// A file of memory that has no name in any directory, and whose size nobody can change. It lives as long as somebody
/// has it open or mapped.
public interface MemoryFile extends AutoCloseable {
    /// By which this process can open it, and others that may look into this process.
    ///
    /// @return a path that is good until [#close()]
    Path path();

    /// Gives the descriptor back. What is mapped stays. Not to be called twice.
    @Override
    void close();
}
