package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.http.Problem;
import dev.millrace.hub.ClientInfo;
import dev.millrace.hub.ClientQuery;
import dev.millrace.hub.Cluster;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Order;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Presence;
import dev.millrace.log.ChannelName;
import dev.millrace.server.RawConnection;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.TrustedProxies;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** An {@code Error} while a request is handled: its client is told, and the others are served. */
class FailuresIT {
    /** Knows of no streams, and answers with a list that can't be looked at, when it is told to. */
    private static final class FailingPresence implements Presence {
        private final CompletableFuture<List<ClientInfo>> clients = new CompletableFuture<>();
        private final CountDownLatch asked = new CountDownLatch(1);

        @Override
        public void join(Node node) {}

        @Override
        public void arrived(Listener listener) {}

        @Override
        public void left(Listener listener) {}

        @Override
        public CompletionStage<List<Listener>> of(ChannelName channel, int limit) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<List<ClientInfo>> clients(ClientQuery query) {
            asked.countDown();
            return clients;
        }

        @Override
        public CompletionStage<Cluster> cluster() {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<Outcome> order(Order order) {
            return CompletableFuture.completedFuture(new Outcome.Unknown());
        }

        @Override
        public void close() {}
    }

    private static final List<ClientInfo> BOTTOMLESS = new AbstractList<>() {
        @Override
        public ClientInfo get(int index) {
            throw new StackOverflowError("as from a list without an end");
        }

        @Override
        public int size() {
            throw new StackOverflowError("as from a list without an end");
        }
    };

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(Problem.class);
    private final FailingPresence presence = new FailingPresence();
    private final Hub hub = Hub.builder().presence(presence).build();
    private final AtomicInteger failuresLeft = new AtomicInteger(Integer.MAX_VALUE);
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
                    new Probes(Optional::empty, this::figures),
                    new ServerTime(Clock.systemUTC(), System::nanoTime, Patience.STANDARD));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String figures() {
        if (failuresLeft.getAndDecrement() > 0) {
            throw new NoClassDefFoundError("no/such/Thing");
        }
        return "";
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        hub.close();
        server.close();
    }

    private RawConnection connect() throws IOException {
        return RawConnection.to(server.address().getPort(), 0);
    }

    private void isToldAndCut(RawConnection connection) throws IOException {
        RawConnection.Answer answer = connection.answer();
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.header("Connection")).contains("close");
        assertThat(answer.body()).doesNotContain("Thing", "list");
        assertThat(connection.isEnded()).isTrue();
        await().until(() -> !lines.list.isEmpty());
        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getThrowableProxy()).isNotNull());
    }

    private void serves() throws IOException {
        for (int i = 0; i < 3 * Runtime.getRuntime().availableProcessors(); i++) { // on each loop
            try (RawConnection other = connect()) {
                assertThat(other.sendHead("GET", "/healthz").answer().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void inAHandlerIsA500() throws Exception {
        try (RawConnection connection = connect()) {
            isToldAndCut(connection.sendHead("GET", "/metrics"));
            serves();
        }
    }

    @Test
    void inAHandlerIsTheEndOfWhatIsPipelined() throws Exception {
        failuresLeft.set(1);
        try (RawConnection connection = connect()) {
            connection.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\nGET /metrics HTTP/1.1\r\nHost: test\r\n\r\n");
            isToldAndCut(connection); // and what was sent after it is not answered
            serves();
        }
    }

    @Test
    void inWhatAHandlerWaitedForIsA500() throws Exception {
        try (RawConnection connection = connect()) {
            connection.sendHead("GET", "/clients");
            presence.asked.await();
            serves(); // so the handler has returned by now, on whichever loop it was
            presence.clients.complete(BOTTOMLESS);
            isToldAndCut(connection);
            serves();
        }
    }
}
