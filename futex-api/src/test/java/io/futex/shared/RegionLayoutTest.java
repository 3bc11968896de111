package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RegionLayoutTest {
    private static final RegionLayout.Builder ALL = RegionLayout.builder()
            .word("w")
            .mutex("m")
            .condition("c", "m")
            .rwMutex("rw")
            .semaphore("s", 3)
            .waitGroup("wg")
            .once("o")
            .event("e", true)
            .event("f", false)
            .barrier("b", 2)
            .parker("p")
            .doorbell("d")
            .bytes("x", 100, 1)
            .bytes("y", 5000, 4096);

    @Test
    void saysWhatLiesWhere() {
        assertThat(ALL.build()).hasToString("""
            128 word w
            192 mutex m
            256 condition c m
            320 rwMutex rw
            384 semaphore s 3
            448 waitGroup wg
            512 once o
            576 event e autoReset
            640 event f manualReset
            704 barrier b 2
            768 parker p
            832 doorbell d
            896 bytes x 100 1
            4096 bytes y 5000 4096
            """);
        assertThat(ALL.build().bytes()).isEqualTo(12288);
        assertThat(ALL.build().offset("y")).isEqualTo(4096);
    }

    @Test
    void isReadBack() {
        RegionLayout layout = ALL.build();
        RegionLayout read = RegionLayout.parse(layout.toString());
        assertThat(read).hasToString(layout.toString());
        assertThat(read.digest()).isEqualTo(layout.digest());
        assertThat(read.difference(layout)).isNull();
    }

    /// The vectors of the hash's own page.
    @Test
    void digestIsFnv1a() {
        assertThat(RegionLayout.digest("")).isEqualTo(0xcbf29ce484222325L);
        assertThat(RegionLayout.digest("a")).isEqualTo(0xaf63dc4c8601ec8cL);
        assertThat(RegionLayout.digest("foobar")).isEqualTo(0x85944171f73967e8L);
    }

    @Test
    void saysWhatDiffers() {
        RegionLayout layout = RegionLayout.builder().mutex("a").word("b").build();
        assertThat(layout.difference(
                        RegionLayout.builder().mutex("a").parker("b").build()))
                .isEqualTo("slot 2 is `192 word b`, where `192 parker b` is expected");
        assertThat(layout.difference(RegionLayout.builder().mutex("a").build()))
                .isEqualTo("slot 2 is `192 word b`, where no more is expected");
        assertThat(RegionLayout.builder().build().difference(layout))
                .isEqualTo("slot 1 is no more, where `128 mutex a` is expected");
    }

    @Test
    void refusesWhatIsNoLayout() {
        assertRefused("no name of a slot", b -> b.word("a b"));
        assertRefused("no name of a slot", b -> b.word(""));
        assertRefused("already", b -> b.word("a").mutex("a"));
        assertRefused("no mutex `m` yet", b -> b.condition("c", "m"));
        assertRefused("no mutex `m` yet", b -> b.word("m").condition("c", "m"));
        assertRefused("permits", b -> b.semaphore("s", -1));
        assertRefused("parties", b -> b.barrier("b", 0));
        assertRefused("bytes", b -> b.bytes("x", 0, 1));
        assertRefused("power of two", b -> b.bytes("x", 1, 3));
        assertRefused("alignment", b -> b.bytes("x", 1, 8192));
    }

    @Test
    void refusesTextThatIsNoLayout() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RegionLayout.parse("128 gizmo g\n"))
                .withMessageContaining("`128 gizmo g`");
        assertThatIllegalArgumentException().isThrownBy(() -> RegionLayout.parse("132 mutex g\n"));
    }

    private static void assertRefused(String why, Consumer<RegionLayout.Builder> add) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> add.accept(RegionLayout.builder()))
                .withMessageContaining(why);
    }
}
