package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.auth.Unauthorized.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClaimsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @Test
    void readsAllThatItGrants() {
        Grants grants = grants("""
                {"sub":"ann","exp":1800000060,"other":[1.5],
                 "millrace":{"subscribe":["orders/*","news"],"publish":["orders/42"],"admin":false,"future":1}}""");

        assertThat(grants)
                .isEqualTo(new Grants(
                        Optional.of("ann"),
                        Optional.of(Instant.ofEpochSecond(1_800_000_060)),
                        Set.of("orders/*", "news"),
                        Set.of("orders/42"),
                        false));
        assertThat(grants("{\"millrace\":{\"admin\":true}}").admin()).isTrue();
    }

    @Test
    void grantsNothingToATokenThatSaysNothing() {
        Grants grants = grants("{}");

        assertThat(grants).isEqualTo(new Grants(Optional.empty(), Optional.empty(), Set.of(), Set.of(), false));
    }

    @ParameterizedTest
    @CsvSource({"1800000001, true", "1800000000, false", "1799999999, false", "0, false"})
    void endsATokenOnTheSecond(long expiry, boolean holds) {
        String claims = "{\"exp\":" + expiry + "}";

        if (holds) {
            assertThat(grants(claims).expiry()).contains(Instant.ofEpochSecond(expiry));
        } else {
            assertRefused(claims, Reason.EXPIRED);
        }
    }

    @Test
    void beginsATokenHalfAMinuteEarlyAtMost() {
        assertThat(grants("{\"nbf\":1800000030}")).isNotNull();
        assertRefused("{\"nbf\":1800000031}", Reason.NOT_YET_VALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"exp\":\"1800000060\"}",
                "{\"exp\":1800000060.5}",
                "{\"exp\":1800000060.0}",
                "{\"exp\":1.9e9}",
                "{\"exp\":-1}",
                "{\"exp\":null}",
                "{\"exp\":true}",
                "{\"exp\":[1800000060]}",
                "{\"exp\":1800000060000}",
                "{\"exp\":9223372036854775807}",
                "{\"exp\":99999999999999999999999999}",
                "{\"nbf\":\"0\"}",
                "{\"sub\":7}",
                "{\"sub\":\"\"}",
                "{\"sub\":null}",
                "{\"millrace\":[]}",
                "{\"millrace\":null}",
                "{\"millrace\":{\"subscribe\":\"*\"}}",
                "{\"millrace\":{\"subscribe\":[1]}}",
                "{\"millrace\":{\"publish\":{\"*\":true}}}",
                "{\"millrace\":{\"admin\":\"true\"}}",
                "{\"millrace\":{\"admin\":1}}",
                "{\"millrace\":{\"admin\":false},\"millrace\":{\"admin\":true}}",
                "{\"millrace\":{\"admin\":false,\"admin\":true}}",
                "{\"sub\":\"ann\",\"s\\u0075b\":\"bob\"}",
                "{\"sub\":\"ann\"}{}",
                "{\"sub\":\"ann\"} x",
                "{\"sub\":\"ann\",}",
                "{'sub':'ann'}",
                "[]",
                "\"sub\"",
                "null",
                "",
            })
    void refusesWhatTwoReadersCouldTakeDifferently(String claims) {
        assertRefused(claims, Reason.MALFORMED);
    }

    @Test
    void takesNoOtherEncodingThanUtf8() {
        assertThatThrownBy(() -> Claims.parse("{\"sub\":\"ann\"}".getBytes(StandardCharsets.UTF_16BE)))
                .isInstanceOf(Unauthorized.class);
        assertThatThrownBy(() -> Claims.parse("{\"sub\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(Unauthorized.class);
    }

    @Test
    void survivesDeepNesting() {
        assertRefused("{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}", Reason.MALFORMED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"iss\":\"https://id.example\",\"aud\":\"millrace\"}; true",
                "{\"iss\":\"https://id.example\",\"aud\":[\"other\",\"millrace\"]}; true",
                "{\"iss\":\"https://id.example/\",\"aud\":\"millrace\"}; false",
                "{\"iss\":\"https://id.example\",\"aud\":\"millrace2\"}; false",
                "{\"iss\":\"https://id.example\",\"aud\":[]}; false",
                "{\"iss\":\"https://id.example\"}; false",
                "{\"aud\":\"millrace\"}; false",
                "{\"iss\":[\"https://id.example\"],\"aud\":\"millrace\"}; false",
            })
    void asksForTheIssuerAndTheAudienceThatItIsToldTo(String claims, boolean holds) {
        Expected expected = new Expected("https://id.example", "millrace", Set.of());

        if (holds) {
            assertThat(parse(claims).grants(NOW, expected)).isNotNull();
        } else {
            assertThatThrownBy(() -> parse(claims).grants(NOW, expected)).isInstanceOf(Unauthorized.class);
        }
    }

    private static Claims parse(String claims) {
        return Claims.parse(claims.getBytes(StandardCharsets.UTF_8));
    }

    private static Grants grants(String claims) {
        return parse(claims).grants(NOW, Expected.ANYTHING);
    }

    private static void assertRefused(String claims, Reason reason) {
        assertThatThrownBy(() -> grants(claims))
                .isInstanceOfSatisfying(
                        Unauthorized.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason));
    }
}
