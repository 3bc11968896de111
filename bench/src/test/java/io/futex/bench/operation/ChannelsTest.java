package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.bench.report.Row;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelsTest {
    @Test
    void aQuickRunOfEverythingHasOneRow() throws Exception {
        try (Session session = Cells.session()) {
            List<Row> rows = new ArrayList<>();
            List<String> notes = Channels.brief(session, rows);
            assertThat(notes).isNotEmpty();
            assertThat(rows).singleElement().satisfies(row -> {
                assertThat(row.operation()).isEqualTo("unbuffered, 1 to 1, virtual");
                assertThat(row.ours().isPresent()).isTrue();
            });
        }
    }
}
