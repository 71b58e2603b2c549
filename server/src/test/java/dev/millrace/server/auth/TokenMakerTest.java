package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TokenMakerTest {
    private final ManualClock clock = new ManualClock();
    private final Expected expected = new Expected("dev", "millrace", Set.of());

    @Test
    void makesTokensThatGrantWhatWasAskedFor() throws Exception {
        Grants grants = new Grants(
                Optional.of("ann"),
                Optional.of(clock.instant().plus(1, ChronoUnit.HOURS)),
                Set.of("orders/*", "ünï"),
                Set.of("orders/42"),
                true);
        String token = new TokenMaker(Keys.SECRET, expected, clock).make(grants);
        Authenticator hub = Authenticator.withSecret(Keys.SECRET, expected, clock);

        assertThat(hub.authenticate(token).get()).isEqualTo(grants);
        clock.advance(Duration.ofHours(1));
        assertThat(hub.authenticate(token)).isCompletedExceptionally();
    }

    @Test
    void wantsTheSecretThatAHubWould() {
        assertThatThrownBy(() -> new TokenMaker("short", expected, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes");
    }
}
