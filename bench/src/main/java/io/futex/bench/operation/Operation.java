package io.futex.bench.operation;

import io.futex.bench.report.Report;

/// One subject of the report, with all its peers.
public interface Operation {
    /// As on the command line.
    String name();

    /// As in the report.
    String title();

    /// Measures all rows. A peer that fails leaves its cells empty, with the reason.
    Report.Section run(Session session) throws Exception;
}
