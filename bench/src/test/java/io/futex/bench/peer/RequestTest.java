package io.futex.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {
    @Test
    void readsWhatItWrites() {
        Request request =
                Request.of("mutex").with("threads", 4).with("lock", "PMutex").with("threads", 8);
        assertThat(request).hasToString("mutex threads=8 lock=PMutex");
        assertThat(Request.parse(request.toString())).isEqualTo(request);
        assertThat(request.number("threads")).isEqualTo(8);
        assertThat(request.number("rounds", 3)).isEqualTo(3);
    }

    @Test
    void namesWhatIsMissing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Request.of("late").number("nanos"))
                .withMessageContaining("late needs nanos=");
        assertThatIllegalArgumentException().isThrownBy(() -> Request.parse("late nanos"));
    }

    @Test
    void replyReadsWhatItWrites() {
        Reply reply = new Reply();
        reply.put("ns", 1.5, 2);
        reply.put("bytes", 0);
        Reply read = Reply.parse(reply.lines());
        assertThat(read.samples("ns")).containsExactly(1.5, 2);
        assertThat(read.samples("bytes")).containsExactly(0);
        assertThat(read.samples("other")).isEmpty();
        assertThat(Reply.parse(List.of("step-ns 1.145")).samples("step-ns")).containsExactly(1.145);
    }
}
