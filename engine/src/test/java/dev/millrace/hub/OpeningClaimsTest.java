package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of two streams of one name stays. */
class OpeningClaimsTest {
    private static final Optional<String> ANN = Optional.of("ann");
    private static final Order.Mandate HERS = Order.Mandate.of(ANN);

    private long nowMillis;
    private final Claims claims = new Claims(() -> nowMillis);

    @Test
    void leavesItToTheStreamThatWasThereWhileAnOpeningIsNotHeardOf() {
        Claims.Claim claim = claims.begin("x", ANN);
        assertThat(claims.makeWay("x", HERS)).isEmpty();
        assertThat(claim.isLost()).isFalse();
    }

    @Test
    void isLostToAnotherNodesThatIsHeardOfLater() {
        Claims.Claim claim = begun();
        assertThat(claims.makeWay("x", HERS)).contains(new Outcome.Yielded(Steering.NONE));
        assertThat(claim.isLost()).isTrue();
    }

    @Test
    void makesNoWayForAnotherUser() {
        Claims.Claim claim = begun();
        assertThat(claims.makeWay("x", Order.Mandate.of(Optional.of("mallory"))))
                .contains(new Outcome.Foreign());
        assertThat(claim.isLost()).isFalse();
    }

    @Test
    void makesNoWayForOneHeardOfBeforeAlsoWhereItIsOpenByThen() {
        Claims.Claim claim = claims.begin("x", ANN);
        claims.end(claim, true);
        assertThat(claims.makeWay("x", HERS)).contains(new Outcome.Unknown());
        claims.announced("x", number(claim));
        assertThat(claims.makeWay("x", HERS)).as("now its stream decides").isEmpty();
    }

    @Test
    void isForgottenWhereNobodyWasTold() {
        claims.end(claims.begin("x", ANN), false);
        assertThat(claims.makeWay("x", HERS)).isEmpty();
    }

    @Test
    void isForgottenWhereItIsNeverHeardOf() {
        claims.end(claims.begin("x", ANN), true);
        nowMillis = Claims.UNHEARD_MILLIS;
        assertThat(claims.makeWay("x", HERS)).isPresent();
        nowMillis++;
        assertThat(claims.makeWay("x", HERS)).isEmpty();
    }

    /** Two nodes, each of which hears of both openings in one order, opens its stream at any time, and closes it when told to. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void leavesTheLaterOneAloneInWhateverOrderThingsHappen(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            Node one = new Node("x" + round);
            Node other = new Node("x" + round);
            List<Node> order = random.nextBoolean() ? List.of(one, other) : List.of(other, one);
            List<Runnable> steps = new ArrayList<>();
            for (Node node : order) {
                steps.addAll(List.of(() -> node.next(order), () -> node.next(order), node::open));
            }
            java.util.Collections.shuffle(steps, random);
            steps.forEach(Runnable::run);
            assertThat(order.get(0).isOpen()).as("the earlier").isFalse();
            assertThat(order.get(1).isOpen()).as("the later").isTrue();
        }
    }

    private static final class Node {
        private final String id;
        private final Claims claims = new Claims(() -> 0);
        private final Claims.Claim claim;
        private int heard;
        private boolean isOpened;
        private boolean isClosed;

        Node(String id) {
            this.id = id;
            claim = claims.begin(id, ANN);
        }

        /** Hears of the next opening. */
        void next(List<Node> order) {
            Node opening = order.get(heard);
            heard++;
            if (opening == this) {
                claims.announced(id, number(claim));
            } else if (claims.makeWay(id, HERS).isEmpty() && isOpened) {
                isClosed = true; // the stream makes way
            }
        }

        void open() {
            isOpened = true;
            claims.end(claim, true);
            isClosed = claim.isLost();
        }

        boolean isOpen() {
            return isOpened && !isClosed;
        }
    }

    private Claims.Claim begun() {
        Claims.Claim claim = claims.begin("x", ANN);
        claims.announced("x", number(claim));
        return claim;
    }

    private static long number(Claims.Claim claim) {
        return ((Order.Deed.Yield) claim.order().deed()).opening();
    }
}
