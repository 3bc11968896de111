package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.bench.report.Report;
import org.junit.jupiter.api.Test;

class ChannelsTest {
    @Test
    void aQuickRunOfEverythingHasOneRow() throws Exception {
        try (Session session = Cells.session()) {
            Report.Section section = new Channels().brief().run(session);
            assertThat(section.rows()).singleElement().satisfies(row -> {
                assertThat(row.operation()).isEqualTo("unbuffered, 1 to 1, virtual");
                assertThat(row.ours().isPresent()).isTrue();
            });
        }
    }
}
