package io.futex.bench.operation;

import io.futex.bench.report.Report;

/// One subject of the report, with all its peers.
public interface Operation {
    /// As on the command line.
    String name();

    /// As in the report.
    String title();

    /// Whether a quick run measures it that was not told what to measure: two minutes are not enough for all.
    default boolean isQuick() {
        return true;
    }

    /// What such a run measures of it.
    default Operation brief() {
        return this;
    }

    /// Measures all rows. A peer that fails leaves its cells empty, with the reason.
    Report.Section run(Session session) throws Exception;
}
