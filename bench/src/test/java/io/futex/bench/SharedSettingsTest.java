package io.futex.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.examples.SharedSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The example runs.
@Timeout(60)
class SharedSettingsTest {
    @Test
    void endsBelongTogether() throws Exception {
        StringWriter out = new StringWriter();
        SharedSettings.run(10_000, new PrintWriter(out, true));
        assertThat(out.toString().strip()).isEqualTo("Range[lowest=-10000, highest=10000]");
    }
}
