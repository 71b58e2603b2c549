package dev.millrace.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineTestKit;

/** How long a hub lives: classes of tests are run, which note where their hub was and who listened. */
class LifeIT {
    private static final List<URI> SEEN = new ArrayList<>();
    private static final List<Long> LISTENING = new ArrayList<>();

    static void note(MillraceExtension hub) {
        SEEN.add(hub.uri());
        LISTENING.add(hub.hub().statistics().connections());
    }

    static class OneForAll {
        @RegisterExtension
        static final MillraceExtension HUB = MillraceExtension.create();

        @BeforeAll
        static void listen() {
            HUB.listen("all");
        }

        @Test
        void one() {
            HUB.listen("one").expectNothing();
            note(HUB);
        }

        @Nested
        class Inside {
            @Test
            void two() {
                note(HUB);
            }
        }
    }

    static class OneForEach {
        @RegisterExtension
        final MillraceExtension hub = MillraceExtension.create();

        @Test
        void one() {
            note(hub);
        }

        @Test
        void two() {
            note(hub);
        }
    }

    @ExtendWith(MillraceExtension.class)
    static class AsParameter {
        @Test
        void one(MillraceExtension hub) {
            hub.listen("one").expectNothing();
            note(hub);
        }
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
        LISTENING.clear();
    }

    @Test
    void aStaticFieldIsOneHubForTheClassAndThoseInIt() {
        run(OneForAll.class, 2);
        assertThat(SEEN).hasSize(2);
        assertThat(SEEN.get(0)).isEqualTo(SEEN.get(1));
    }

    @Test
    void anInstanceFieldIsAHubForEachTest() {
        run(OneForEach.class, 2);
        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aParameterIsTheHub() {
        run(AsParameter.class, 1);
        assertThat(LISTENING).containsExactly(1L);
    }

    @Test
    void thereIsNoHubOutsideOfTests() {
        run(OneForAll.class, 2);
        assertThatIllegalStateException().isThrownBy(OneForAll.HUB::uri).withMessageContaining("@RegisterExtension");
    }

    private static void run(Class<?> tests, int count) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents()
                .assertStatistics(all -> all.started(count).succeeded(count));
    }
}
