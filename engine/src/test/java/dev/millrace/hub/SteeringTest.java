package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered of a stream's steering. */
class SteeringTest {
    private static final ChannelSet ASKED = ChannelSet.of("a", "b");

    @Test
    void forgetsWhatWasOnlyVisited() {
        Steering steering = Steering.NONE;
        for (int i = 0; i < 1000; i++) {
            steering = steering.subscribed("visited-" + i).unsubscribed("visited-" + i);
        }
        assertThat(steering).isEqualTo(Steering.NONE);
    }

    @Test
    void forgetsThatWhatWasAskedForWasLeftAndJoinedAgain() {
        assertThat(Steering.NONE.unsubscribed("a").subscribed("a")).isEqualTo(Steering.NONE);
    }

    @Test
    void remembersWhatWasAskedForAndLeft() {
        Steering steering = Steering.NONE
                .unsubscribed("a")
                .subscribed("a")
                .unsubscribed("a")
                .subscribed("c");
        assertThat(steering.apply(ASKED)).isEqualTo(ChannelSet.of("b", "c"));
    }

    @Test
    void leavesAStreamWithoutBroadcastsWithoutThem() {
        Steering steering = Steering.NONE.subscribed("c").unsubscribed("a");
        assertThat(steering.apply(ASKED.withoutBroadcasts()))
                .isEqualTo(ChannelSet.of("b", "c").withoutBroadcasts());
    }

    @Test
    void remembersThatWhatWasJoinedAndThenAskedForWasLeft() {
        Steering back = Steering.NONE.subscribed("c").of(ChannelSet.of("a", "b", "c"));
        assertThat(back.unsubscribed("c").apply(ChannelSet.of("a", "b", "c"))).isEqualTo(ASKED);
    }

    @Test
    void forgetsWhatIsNotAskedForAgain() {
        Steering steering = Steering.NONE;
        for (int i = 0; i < 1000; i++) {
            String other = "other-" + i;
            steering = steering.of(ChannelSet.of("a", other)).unsubscribed(other);
        }
        assertThat(steering.removed()).isEqualTo(Set.of("other-999"));
    }

    @Test
    void ofAHubThatRememberedMoreMeansTheSame() {
        Steering older = new Steering(Set.of("c"), Set.of("a", "visited"));
        assertThat(older.of(ASKED).apply(ASKED)).isEqualTo(older.apply(ASKED));
        assertThat(older.of(ASKED)).isEqualTo(new Steering(Set.of("c"), Set.of("a")));
    }
}
