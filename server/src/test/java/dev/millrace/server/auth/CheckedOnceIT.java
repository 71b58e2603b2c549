package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import dev.millrace.server.RawConnection;
import dev.millrace.server.http.HttpServer;
import dev.millrace.server.http.HttpSettings;
import dev.millrace.server.http.Probes;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a token costs: one check for each request, and none for an event. */
class CheckedOnceIT {
    private static final Probes READY = new Probes(Optional::empty, () -> "");

    private static final int EVENTS = 1000;

    private final AtomicInteger checks = new AtomicInteger();

    private CompletableFuture<Boolean> count(SignedToken token) {
        checks.incrementAndGet();
        return CompletableFuture.completedFuture(true);
    }

    @Test
    void checksATokenWhenItsStreamBeginsAndNeverPerEvent() throws Exception {
        HttpSettings settings = new HttpSettings(
                "127.0.0.1",
                0,
                Duration.ofSeconds(3),
                Optional.empty(),
                Origins.of(List.of()),
                TrustedProxies.NONE,
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                OptionalInt.empty());
        Authenticator authenticator =
                Authenticator.withKeys(this::count, new Expected("", "", Set.of()), Clock.systemUTC());
        String token = Keys.token("{\"sub\":\"anna\",\"millrace\":{\"subscribe\":[\"a\"]}}");
        Hub hub = Hub.inMemory();
        try (HttpServer server =
                HttpServer.start(settings, hub, authenticator, READY, Clock.systemUTC(), System::nanoTime)) {
            listen(hub, server.address().getPort(), token);
        }
    }

    private void listen(Hub hub, int port, String token) throws Exception {
        try (hub;
                RawConnection stream = RawConnection.to(port, 0)) {
            stream.sendHead("GET", "/events/a", "Authorization: Bearer " + token);
            assertThat(stream.head().status()).isEqualTo(200);
            for (int i = 0; i < EVENTS; i++) {
                hub.publish("a", "event " + i);
            }
            StringBuilder received = new StringBuilder();
            while (received.indexOf("data: event " + (EVENTS - 1) + "\n") < 0) {
                received.append(new String(stream.chunk(), StandardCharsets.UTF_8));
            }
            assertThat(checks).hasValue(1);
        }
    }
}
