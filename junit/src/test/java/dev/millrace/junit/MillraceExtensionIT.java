package dev.millrace.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.millrace.client.EventStream;
import dev.millrace.client.Publisher;
import dev.millrace.client.StreamEvent;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What tests do with the hub. */
class MillraceExtensionIT {
    private static final String SECRET = "a secret of the tests, of 32 bytes at least";

    @RegisterExtension
    final MillraceExtension hub = MillraceExtension.create();

    @RegisterExtension
    final MillraceExtension guarded = MillraceExtension.with(server -> server.jwtSecret(SECRET));

    @Test
    void assertsWhatCameInOrder() {
        TestListener orders = hub.listen("orders/*", "news");
        hub.publish("orders/1", "status", "packed");
        Publisher.to(hub.uri()).publish("news", "", "over HTTP").join();
        hub.publish("orders/2", "status", "shipped");
        orders.expect("packed", "over HTTP").expectNamed("status", "shipped").expectNothing();
        assertThat(orders.received()).hasSize(3);
    }

    @Test
    void saysWhatCameInstead() {
        TestListener orders = hub.listen("orders/1");
        String id = hub.publish("orders/1", "status", "packed");
        hub.publish("orders/1", "status", "shipped");
        assertThatThrownBy(() -> orders.expect("packed", "delivered"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(
                        "event 2 of 2 is not as expected",
                        "expected: delivered",
                        "received: shipped",
                        "(connected to [orders/1] at ",
                        id + " status: packed");
    }

    @Test
    void saysThatSomethingCameWhereNothingShould() {
        TestListener orders = hub.listen("orders/1");
        hub.publish("orders/2", "for others");
        orders.expectNothing();
        hub.publish("orders/1", "surprise");
        assertThatThrownBy(orders::expectNothing)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("message: surprise");
        hub.publish("orders/1", "after that");
        orders.expect("after that");
    }

    @Test
    void saysWhyTheHubRefused() {
        assertThatThrownBy(() -> hub.listen("not a channel"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("answered 400");
    }

    @Test
    void resumesWhereTheConnectionWasCut() {
        TestListener orders = hub.listen("orders/1");
        hub.publish("orders/1", "before");
        orders.expect("before");
        hub.whileUnreachable(() -> {
            hub.publish("orders/1", "meanwhile");
            hub.publish("orders/1", "meanwhile too");
        });
        assertThat(orders.expectReconnect().resumed()).contains(true);
        orders.expect("meanwhile", "meanwhile too");
        hub.cut();
        assertThat(orders.expectReconnect().resumed()).contains(true);
        hub.publish("orders/1", "after");
        orders.expect("after").expectNothing();
    }

    @Test
    void goesOnFromAnId() {
        String first = hub.publish("orders/1", "one");
        hub.publish("orders/1", "two");
        hub.listen(EventStream.builder(hub.uri().resolve("/events/orders/1")).lastEventId(first))
                .expect("two");
    }

    @Test
    void aTurnedClockBringsHeartbeats() {
        TestListener orders = hub.listen("orders/1");
        for (int i = 0; i < 3; i++) {
            hub.advance(Duration.ofMinutes(1));
            orders.expectHeartbeat();
        }
    }

    @Test
    void aTurnedClockEndsTheRetention() {
        TestListener orders = hub.listen("orders/1");
        hub.publish("orders/1", "one");
        orders.expect("one");
        hub.whileUnreachable(() -> {
            hub.publish("orders/1", "lost");
            hub.advance(Duration.ofHours(25));
            hub.publish("orders/1", "kept");
        });
        assertThat(orders.expectReconnect().resumed()).contains(false);
        StreamEvent.Gap gap = orders.expectGap();
        assertThat(gap.channel()).contains("orders/1");
        orders.expect("kept").expectNothing();
    }

    @Test
    void aTurnedClockEndsAStreamWithItsToken() throws JOSEException {
        String token = token(Duration.ofHours(1));
        TestListener orders = guarded.listen(
                EventStream.builder(guarded.uri().resolve("/events/orders/1")).token(() -> token));
        guarded.publish("orders/1", "in time");
        orders.expect("in time");
        guarded.advance(Duration.ofHours(2));
        assertThat(orders.next().name()).isEqualTo("expired");
        orders.expectEnd();
    }

    private String token(Duration life) throws JOSEException {
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject("anna")
                .expirationTime(Date.from(guarded.clock().instant().plus(life)))
                .claim("millrace", Map.of("subscribe", List.of("orders/*")))
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        token.sign(new MACSigner(SECRET));
        return token.serialize();
    }
}
