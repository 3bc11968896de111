package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.memory.Words;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GainTest {
    private static final int FRESH = 0;

    /// How many waits sleep at once before the next one that looks.
    private static int refused(int gain) {
        int waits = 0;
        for (int g = gain; !Gain.pays(g); g = Gain.next(g, false)) {
            waits++;
        }
        return waits;
    }

    private static int afterRefused(int gain) {
        int g = gain;
        while (!Gain.pays(g)) {
            g = Gain.next(g, false);
        }
        return g;
    }

    @Test
    void looksWhileThatPays() {
        int gain = FRESH;
        for (int i = 0; i < 1000; i++) {
            assertThat(Gain.pays(gain)).isTrue();
            gain = Gain.next(gain, i % 2 == 0);
        }
    }

    /// After many hits the fifth miss in a row is one too many, and no earlier one.
    @Test
    void remembersFourHits() {
        int gain = FRESH;
        for (int i = 0; i < 100; i++) {
            gain = Gain.next(gain, true);
        }
        for (int i = 0; i < 4; i++) {
            gain = Gain.next(gain, false);
            assertThat(Gain.pays(gain)).isTrue();
        }
        assertThat(Gain.pays(Gain.next(gain, false))).isFalse();
    }

    @Test
    void looksEverMoreRarelyInVain() {
        int gain = Gain.next(FRESH, false);
        for (int period : new int[] {16, 16, 16, 32, 64, 128, 256, 256, 256}) {
            assertThat(refused(gain)).isEqualTo(period - 1);
            gain = Gain.next(afterRefused(gain), false);
        }
    }

    /// A hit ends the long periods, and so many of them as are remembered make it look again.
    @Test
    void comesBack() {
        int gain = Gain.NONE;
        assertThat(refused(gain)).isEqualTo(255);
        for (int count = -3; count < 0; count++) {
            gain = Gain.next(afterRefused(gain), true);
            assertThat(refused(Gain.next(gain, false))).isLessThan(32);
        }
        gain = Gain.next(afterRefused(gain), true);
        assertThat(Gain.pays(gain)).isTrue();
    }

    // ---- looks

    @Test
    void doesNotAskAgainOnceItIsReady() {
        AtomicInteger asked = new AtomicInteger();
        assertThat(Gain.sees(() -> asked.incrementAndGet() == 3, Deadline.FOREVER))
                .isTrue();
        assertThat(asked).hasValue(3);
    }

    @Test
    void looksForAWhileAtMost() {
        Words.Place place = Words.fresh(Integer.BYTES);
        Words words = place.words();
        long at = place.offset();
        long start = System.nanoTime();
        assertThat(Gain.sees(() -> false, Deadline.FOREVER)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(18_000);
        start = System.nanoTime();
        assertThat(Gain.seesChange(words, at, 0, Deadline.FOREVER)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(18_000);
        assertThat(Gain.seesChange(words, at, 1, Deadline.FOREVER)).isTrue();
    }

    /// A look that may last no longer is one.
    @Test
    void looksOnceWhenTheTimeIsOver() {
        AtomicInteger asked = new AtomicInteger();
        assertThat(Gain.sees(() -> asked.incrementAndGet() < 0, Deadline.PAST)).isFalse();
        assertThat(asked).hasValue(1);
    }
}
