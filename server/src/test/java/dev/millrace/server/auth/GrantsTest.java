package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantsTest {
    @ParameterizedTest
    @CsvSource({
        "orders/42, orders/42, true",
        "orders/42, orders/421, false",
        "orders/42, orders/4, false",
        "orders/42, orders/*, false",
        "orders/42, orders/42*, false",
        "orders/*,  orders/42, true",
        "orders/*,  orders/42/items, true",
        "orders/*,  orders/, true",
        "orders/*,  orders, false",
        "orders/*,  Orders/42, false",
        "orders/*,  orders/*, true",
        "orders/*,  orders/4*, true",
        "orders/*,  orders*, false",
        "orders/*,  *, false",
        "order*,    orders/*, true",
        "*,         *, true",
        "*,         anything, true",
        "*,         $system, false",
        "$system,   $system, false",
        "$*,        $system, false",
        "a*b,       a*b, true",
        "a*b,       axb, false",
    })
    void coversAPatternOnlyByAWiderOne(String granted, String wanted, boolean expected) {
        Grants grants = grants(Optional.empty(), granted);

        assertThat(grants.maySubscribe(wanted)).isEqualTo(expected);
        assertThat(grants.mayPublish(wanted)).isFalse();
    }

    @Test
    void listensToTheSubjectsOwnChannelAndToNoOthers() {
        Grants grants = grants(Optional.of("ann"));

        assertThat(grants.maySubscribe("user:ann")).isTrue();
        assertThat(grants.maySubscribe("user:anna")).isFalse();
        assertThat(grants.maySubscribe("user:ann*")).isFalse();
        assertThat(grants.maySubscribe("user:bob")).isFalse();
        assertThat(grants.mayPublish("user:ann")).isFalse();
    }

    @Test
    void takesNoSubjectForAPattern() {
        assertThat(grants(Optional.of("*")).maySubscribe("user:*")).isFalse();
        assertThat(grants(Optional.of("a*")).maySubscribe("user:a*")).isFalse();
    }

    @Test
    void keepsPublishingApartFromListening() {
        Grants grants = new Grants(Optional.empty(), Optional.empty(), Set.of("a/*"), Set.of("b/*"), false);

        assertThat(grants.mayPublish("b/1")).isTrue();
        assertThat(grants.mayPublish("a/1")).isFalse();
        assertThat(grants.maySubscribe("b/1")).isFalse();
    }

    @Test
    void broadcastsWithTheGrantToPublishEverywhere() {
        assertThat(publishing("*").mayBroadcast()).isTrue();
        assertThat(publishing("a*", "b").mayBroadcast()).isFalse();
        assertThat(publishing("*").mayPublish("$system")).isFalse();
    }

    @Test
    void letsAnAdminDoEverything() {
        Grants admin = new Grants(Optional.of("root"), Optional.empty(), Set.of(), Set.of(), true);

        assertThat(admin.maySubscribe("*")).isTrue();
        assertThat(admin.maySubscribe("$system")).isTrue();
        assertThat(admin.mayPublish("orders/42")).isTrue();
        assertThat(admin.mayBroadcast()).isTrue();
    }

    @Test
    void listensToPublicChannelsWithoutAnythingElse() {
        Grants grants = Grants.listening(Set.of("news/*"));

        assertThat(grants.maySubscribe("news/today")).isTrue();
        assertThat(grants.maySubscribe("*")).isFalse();
        assertThat(grants.maySubscribe("user:")).isFalse();
        assertThat(grants.mayPublish("news/today")).isFalse();
        assertThat(grants.admin()).isFalse();
    }

    private static Grants grants(Optional<String> subject, String... subscribe) {
        return new Grants(subject, Optional.empty(), Set.of(subscribe), Set.of(), false);
    }

    private static Grants publishing(String... publish) {
        return new Grants(Optional.empty(), Optional.empty(), Set.of(), Set.of(publish), false);
    }
}
