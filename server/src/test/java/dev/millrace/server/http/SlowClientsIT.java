package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import dev.millrace.server.RawConnection;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.TrustedProxies;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that take their time: each is cut, and others are served meanwhile. */
class SlowClientsIT {
    private static final Patience SHORT = new Patience(1000, 1500, 1000, 500);

    private final Hub hub = Hub.inMemory();
    private final HttpServer server = start();

    private HttpServer start() {
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
        try {
            return HttpServer.start(
                    settings,
                    hub,
                    Authenticator.openToAll(),
                    new Probes(Optional::empty, () -> ""),
                    new ServerTime(Clock.systemUTC(), System::nanoTime, SHORT));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
    }

    private RawConnection connect() throws IOException {
        return RawConnection.to(server.address().getPort(), 0);
    }

    @Test
    void cutsOneThatSaysNothing() throws Exception {
        try (RawConnection silent = connect()) {
            assertThat(silent.isEnded()).isTrue();
        }
    }

    @Test
    void cutsSlowHeadersOfManyWhileOthersAreServed() throws Exception {
        List<RawConnection> slow = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            slow.add(connect().send("GET /healthz HTTP/1.1\r\nHost: te"));
        }
        try (RawConnection quick = connect()) {
            assertThat(quick.sendHead("GET", "/healthz").answer().status()).isEqualTo(200);
        }
        for (RawConnection connection : slow) {
            assertThat(connection.isEnded()).isTrue();
            connection.close();
        }
    }

    @Test
    void cutsASlowBody() throws Exception {
        try (RawConnection slow = connect()) {
            slow.sendHead("POST", "/events/a", "Content-Length: 100");
            long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
            slow.socket().setSoTimeout(100);
            boolean isCut = false;
            while (!isCut && System.nanoTime() < end) {
                try {
                    slow.send("x");
                    isCut = slow.isEnded();
                } catch (java.net.SocketTimeoutException e) {
                    isCut = false; // it still waits for more
                } catch (java.net.SocketException e) {
                    isCut = true;
                }
            }
            assertThat(isCut).isTrue();
        }
    }

    @Test
    void cutsAnIdleConnectionAfterItsAnswer() throws Exception {
        try (RawConnection idle = connect()) {
            assertThat(idle.sendHead("GET", "/healthz").answer().status()).isEqualTo(200);
            assertThat(idle.isEnded()).isTrue();
        }
    }

    @Test
    void letsAProducerOfLinesRestBetweenLinesButNotWithinOne() throws Exception {
        try (RawConnection producer = connect()) {
            producer.sendHead("POST", "/events", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
            producer.sendChunk("{\"channel\":\"a\",\"data\":1}\n");
            producer.socket().setSoTimeout(3000);
            try {
                assertThat(producer.isEnded()).isFalse();
            } catch (java.net.SocketTimeoutException stillOpen) {
                producer.socket().setSoTimeout(10_000);
            }
            assertThat(hub.log().last().offset()).isEqualTo(1);
            producer.sendChunk("{\"channel\":");
            assertThat(producer.isEnded()).isTrue();
        }
    }

    @Test
    void holdsNoStreamToThisPatience() throws Exception {
        try (RawConnection stream = connect()) {
            assertThat(stream.sendHead("GET", "/events/a").head().status()).isEqualTo(200);
            stream.chunk();
            stream.socket().setSoTimeout(3000);
            try {
                assertThat(stream.isEnded()).isFalse();
            } catch (java.net.SocketTimeoutException stillOpen) {
                var published = hub.publish("a", "1");
                assertThat(published.toCompletableFuture().join().offset()).isEqualTo(1);
                assertThat(new String(stream.chunk(), java.nio.charset.StandardCharsets.UTF_8))
                        .contains("data: 1");
            }
        }
    }
}
