package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySetRequestIT {
    private static final byte[] SET = new JWKSet(new ECKey.Builder(Curve.P_256, (ECPublicKey) Keys.P256.getPublic())
                    .keyID("1")
                    .build())
            .toString()
            .getBytes(StandardCharsets.UTF_8);

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer issuer;
    private volatile HttpHandler answer = exchange -> send(exchange, 200, SET);

    @BeforeEach
    void startTheIssuer() throws IOException {
        issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext("/", exchange -> {
            requests.incrementAndGet();
            answer.handle(exchange);
        });
        issuer.start();
    }

    @AfterEach
    void stopTheIssuer() {
        issuer.stop(0);
    }

    @Test
    void bringsTheKeysThatTokensAreVerifiedWith() throws Exception {
        String token =
                Keys.sign("{\"alg\":\"ES256\",\"kid\":\"1\"}", "{\"sub\":\"ann\"}", "ES256", Keys.P256.getPrivate());
        try (Authenticator hub = Authenticator.withKeySet(address(), Expected.ANYTHING, Clock.systemUTC())) {
            assertThat(hub.authenticate(token).get(5, TimeUnit.SECONDS).subject())
                    .contains("ann");
            assertThat(hub.authenticate(token)).isDone();
        }
        assertThat(requests).hasValue(1);
    }

    @Test
    void failsWithKeysUnavailableWhileTheIssuerIsDown() {
        URI address = address();
        issuer.stop(0);
        try (Authenticator hub = Authenticator.withKeySet(address, Expected.ANYTHING, Clock.systemUTC())) {
            assertThatThrownBy(() -> hub.authenticate(Keys.token("{}")).get(5, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(KeysUnavailable.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 301, 304, 404, 500})
    void takesNoOtherStatusThan200(int status) {
        answer = exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            send(exchange, status, status == 204 || status == 304 ? new byte[0] : SET);
        };

        assertFails(Duration.ofSeconds(5));
        assertThat(requests).hasValue(1);
    }

    @Test
    void givesUpOnAnAnswerThatIsTooLong() {
        answer = exchange -> send(exchange, 200, new byte[KeySetRequest.MAX_BYTES + 1]);

        assertThatThrownBy(() -> KeySetRequest.to(address()).fetch().get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("longer than");
    }

    @Test
    void givesUpOnABodyThatNeverEnds() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            await(over);
            exchange.close();
        };

        assertFails(Duration.ofMillis(200));
        over.countDown();
    }

    @Test
    void leavesNoThreadBehindOnceClosed() {
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(21);
        Set<Thread> before = clientThreads(); // of other tests
        CountDownLatch over = new CountDownLatch(1);
        answer = exchange -> await(over);
        Authenticator hub = Authenticator.withKeySet(address(), Expected.ANYTHING, Clock.systemUTC());
        Awaitility.await().until(() -> requests.get() == 1);
        long started = System.nanoTime();
        hub.close();
        assertThat(System.nanoTime() - started).isLessThan(TimeUnit.SECONDS.toNanos(4));

        Awaitility.await().until(() -> before.containsAll(clientThreads()));
        over.countDown();
    }

    private static Set<Thread> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("HttpClient-"))
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example/keys",
                "http://127.0.0.1.example/keys",
                "http://localhost.example/keys",
                "http://10.0.0.1/keys",
                "ftp://localhost/keys",
                "file:///etc/passwd",
                "https:///keys",
                "https://user:password@issuer.example/keys",
                "keys",
            })
    void asksNoOtherAddressThanHttpsOrLoopback(String address) {
        assertThatThrownBy(() -> KeySetRequest.to(URI.create(address))).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://issuer.example/keys", "http://localhost:1/", "http://127.0.0.2/", "HTTP://[::1]:9/"})
    void takesHttpsAndLoopback(String address) {
        assertThat(KeySetRequest.to(URI.create(address))).isNotNull();
    }

    private void assertFails(Duration timeout) {
        assertThatThrownBy(() -> KeySetRequest.to(address(), timeout).fetch().get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + issuer.getAddress().getPort() + "/keys");
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new IOException("the test never ended");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
