package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The access log: a line for each request and each stream, when it is over. */
class AccessLogIT {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("millrace.access");
    private final MillraceServer server = MillraceServer.builder()
            .port(0)
            .host("127.0.0.1")
            .jwtSecret(SECRET)
            .trustedProxies("127.0.0.1")
            .accessLog(true)
            .start();

    @BeforeEach
    void listen() {
        lines.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        server.close();
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    /** The lines so far, without how long it took. */
    private List<String> lines(int count) {
        await().until(() -> lines.list.size() >= count);
        return lines.list.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .map(line -> line.replaceAll(" ms=\\d+$", ""))
                .toList();
    }

    private static String token(String user) {
        Instant end = Instant.now().plusSeconds(60);
        return new TokenMaker(SECRET, new Expected("", "", Set.of()), Clock.systemUTC())
                .make(new Grants(Optional.of(user), Optional.of(end), Set.of("*"), Set.of("*"), true));
    }

    private RawConnection.Answer ask(String method, String address, String... headers) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead(method, address, headers);
            return method.equals("HEAD") ? connection.head() : connection.answer();
        }
    }

    @Test
    void tellsOfRequestsWhoAskedWhatAndHowItEnded() throws Exception {
        String token = token("anna");
        ask("POST", "/events/a?event=x&token=" + token, "Content-Length: 0");
        int missing = ask("GET", "/nothing").body().length();
        ask("HEAD", "/stats", "Authorization: Bearer " + token);
        int refused = ask("GET", "/stats", "X-Forwarded-For: 2001:db8:1:2:3::4")
                .body()
                .length();
        assertThat(lines(4).get(0))
                .matches(
                        "client=127\\.0\\.0\\.1 user=anna method=POST path=\"/events/a\\?event=x&token=\\*\" status=200"
                                + " bytes=\\d+");
        assertThat(lines(4).subList(1, 4))
                .containsExactly(
                        "client=127.0.0.1 user=- method=GET path=/nothing status=404 bytes=" + missing,
                        "client=127.0.0.1 user=anna method=HEAD path=/stats status=200 bytes=0",
                        "client=2001:db8:1:2:0:0:0:0/64 user=- method=GET path=/stats status=401 bytes=" + refused);
    }

    @Test
    void tellsOfAStreamWhenItHasEnded() throws Exception {
        try (TestStream stream =
                TestStream.open(server, "/events/a", Map.of("Authorization", "Bearer " + token("anna")))) {
            stream.nextEvent();
            assertThat(lines.list).isEmpty();
            server.hub().publish("a", "x".repeat(1000));
            stream.nextEvent();
        }
        assertThat(lines(1).get(0))
                .matches("client=127\\.0\\.0\\.1 user=anna method=GET path=/events/a status=200 bytes=1[1-4]\\d\\d");
    }

    @Test
    void tellsOfARefusalOnceThoughItsBodyComesLater() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("POST", "/nothing", "Content-Length: 3");
            assertThat(connection.answer().status()).isEqualTo(404);
            connection.send("abc");
            assertThat(connection.sendHead("GET", "/healthz").answer().status()).isEqualTo(200);
        }
        assertThat(lines(2)).hasSize(2);
        assertThat(lines(2).get(0)).contains("path=/nothing status=404");
        assertThat(lines(2).get(1)).contains("path=/healthz status=200");
    }

    @Test
    void tellsOfWhatIsNoRequestAndOfWhoLeftBeforeTheAnswer() throws Exception {
        ask("GET", "no path");
        try (RawConnection leaving = RawConnection.to(server)) {
            leaving.sendHead(
                    "POST",
                    "/events/a",
                    "Content-Length: 10",
                    "Authorization: Bearer " + token("anna"),
                    "Expect: 100-continue");
            assertThat(leaving.answer().status()).isEqualTo(100);
            leaving.send("abc");
        }
        assertThat(lines(2).get(0)).startsWith("client=127.0.0.1 user=- method=- path=- status=400 bytes=");
        assertThat(lines(2).get(1)).isEqualTo("client=127.0.0.1 user=anna method=POST path=/events/a status=- bytes=0");
    }

    @Test
    void letsNoSubjectBreakALine() throws Exception {
        ask("GET", "/stats", "Authorization: Bearer " + token("a\r\nclient=203.0.113.7 user=root \u001b[2K"));
        assertThat(lines(1).get(0))
                .startsWith(
                        "client=127.0.0.1 user=\"a\\u{d}\\u{a}client=203.0.113.7 user=root \\u{1b}[2K\" method=GET");
    }

    @Test
    void isOffUnlessAskedFor() throws Exception {
        try (MillraceServer quiet = MillraceServer.builder().port(0).start()) {
            assertThat(new TestHub(quiet).get("/healthz").statusCode()).isEqualTo(200);
        }
        assertThat(lines.list).isEmpty();
    }
}
