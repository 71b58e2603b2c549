package dev.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The configurations for proxies, each in the real proxy. The hub's heartbeat is so rare that nothing is moved along by it. */
class ProxyIT {
    private static HubProcess hub;

    @TempDir
    Path folder;

    @BeforeAll
    static void startTheHub() throws Exception {
        hub = HubProcess.start("--heartbeat", "10m", "--trusted-proxies", "127.0.0.1");
    }

    @AfterAll
    static void stopTheHub() throws Exception {
        hub.close();
    }

    @ParameterizedTest
    @EnumSource
    void handsEachEventOnAtOnceAndAsItIs(Proxy proxy) throws Exception {
        try (Proxy.Running running = start(proxy);
                Requests.Stream stream = Requests.listen(running.uri(), "/events/one")) {
            assertThat(stream.head().headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            assertThat(stream.head().headers().firstValue("Content-Encoding")).isEmpty();
            stream.lines().await("event: connected");
            for (int i = 0; i < 3; i++) {
                Requests.publish(running.uri(), "/events/one?event=number", "number " + i);
                assertThat(stream.lines().await("data: number")).isEqualTo("data: number " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void handsEachLineOfAProducerOnAtOnce(Proxy proxy) throws Exception {
        try (Proxy.Running running = start(proxy);
                Requests.Stream stream = Requests.listen(running.uri(), "/events/lines")) {
            SubmissionPublisher<ByteBuffer> producer = new SubmissionPublisher<>();
            CompletableFuture<HttpResponse<String>> answer = Requests.produce(running.uri(), producer);
            await().until(producer::hasSubscribers);
            for (int i = 0; i < 3; i++) {
                producer.submit(
                        StandardCharsets.UTF_8.encode("{\"channel\":\"lines\",\"data\":\"line %d\"}\n".formatted(i)));
                assertThat(stream.lines().await("data: line")).isEqualTo("data: line " + i);
            }
            producer.close();
            assertThat(answer.get(30, TimeUnit.SECONDS).body()).contains("\"accepted\":3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void tellsTheHubItsOwnOrigin(Proxy proxy) throws Exception {
        try (Proxy.Running running = start(proxy)) {
            assertThat(publishFrom(running.uri().toString(), running)).isEqualTo(200);
            assertThat(publishFrom("http://elsewhere.example", running)).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @EnumSource
    void endsTheStreamAtTheHubWhenTheClientIsGone(Proxy proxy) throws Exception {
        try (Proxy.Running running = start(proxy)) {
            try (Requests.Stream stream = Requests.listen(running.uri(), "/events/gone")) {
                stream.lines().await("event: connected");
                assertThat(subscribers("gone")).contains("clientId");
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(subscribers("gone")).doesNotContain("clientId"));
        }
    }

    private static int publishFrom(String origin, Proxy.Running running) throws Exception {
        return Requests.publish(running.uri(), "/events/origin", "x", "Origin", origin)
                .statusCode();
    }

    private static String subscribers(String channel) throws Exception {
        return Requests.get(hub.uri(), "/channels/" + channel + "/subscribers").body();
    }

    private Proxy.Running start(Proxy proxy) throws Exception {
        Proxy.Running running = proxy.start(folder, hub.uri());
        URI health = running.uri();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(Requests.get(health, "/healthz").statusCode())
                        .isEqualTo(200));
        return running;
    }
}
