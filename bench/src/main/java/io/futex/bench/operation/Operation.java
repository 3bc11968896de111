package io.futex.bench.operation;

import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import java.util.ArrayList;
import java.util.List;

/// One subject of the report, with all its peers.
///
/// @param name as on the command line
/// @param title as in the report
/// @param isQuick whether a quick run measures it that was not told what to measure: two minutes are not enough for all
/// @param measure a peer that fails leaves its cells empty, with the reason
public record Operation(String name, String title, boolean isQuick, Measure measure) {
    /// Measures all rows.
    public interface Measure {
        /// Adds rows as they are measured.
        ///
        /// @return how it was measured, for the notes
        List<String> run(Session session, List<Row> rows) throws Exception;
    }

    Report.Section run(Session session) throws Exception {
        List<Row> rows = new ArrayList<>();
        List<String> notes = measure.run(session, rows);
        return new Report.Section(title, rows, notes);
    }
}
