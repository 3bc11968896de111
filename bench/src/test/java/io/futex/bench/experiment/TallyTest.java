package io.futex.bench.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally(2);

    @Test
    void countsWhatAllPartiesHaveReceived() {
        tally.count(0, 3);
        tally.count(1, 4);
        tally.count(0, 5);
        assertThat(tally.total()).isEqualTo(9);
    }

    @Test
    void noticesALostValue() {
        tally.sent(Token.at(1).number + Token.at(2).number);
        tally.received(Token.at(1).number);
        assertThatIllegalStateException().isThrownBy(tally::check);
        tally.received(Token.at(2).number);
        assertThatCode(tally::check).doesNotThrowAnyException();
    }

    @Test
    void aPartyThatFailsEndsAll() {
        tally.fail(new AssertionError("oh"));
        assertThat(tally.isOver()).isTrue();
        assertThatIllegalStateException().isThrownBy(tally::check).withMessageContaining("oh");
    }
}
