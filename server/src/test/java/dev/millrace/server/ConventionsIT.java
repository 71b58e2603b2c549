package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section "Conventions", and how HTTP itself is spoken. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConventionsIT {
    private final MillraceServer server = MillraceServer.builder().port(0).start();

    @AfterAll
    void stop() {
        server.close();
    }

    private RawConnection.Answer ask(String method, String address, String... headers) throws IOException {
        try (RawConnection connection = RawConnection.to(server)) {
            return connection.sendHead(method, address, headers).answer();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/events2", "/clients/x/y", "/stats/", "//stats", "/channels2"})
    void knowsNoOtherAddress(String address) throws Exception {
        assertThat(ask("GET", address).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,/events/a,'GET, POST, HEAD, OPTIONS'",
        "DELETE,/events,'GET, POST, HEAD, OPTIONS'",
        "GET,/notify,'POST, OPTIONS'",
        "POST,/stats,'GET, HEAD, OPTIONS'",
        "GET,/clients/some-client-id-000,'DELETE, OPTIONS'",
        "BREW,/events/a,'GET, POST, HEAD, OPTIONS'"
    })
    void tellsWhichMethodsAnAddressTakes(String method, String address, String allowed) throws Exception {
        var answer = ask(method, address, "Content-Length: 0");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).contains(allowed);
    }

    @Test
    void answersOptions() throws Exception {
        assertThat(ask("OPTIONS", "/stats").header("Allow")).contains("GET, HEAD, OPTIONS");
        assertThat(ask("OPTIONS", "*").status()).isEqualTo(204);
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("HEAD", "/stats");
            assertThat(connection.head().header("Content-Length")).isPresent();
            connection.sendHead("HEAD", "/nothing");
            assertThat(connection.head().status()).isEqualTo(404);
            connection.sendHead("GET", "/healthz");
            assertThat(connection.answer().body()).isEqualTo("{\"status\":\"ok\"}");
        }
    }

    @Test
    void describesErrorsAsProblems() throws Exception {
        var answer = ask("GET", "/nothing");
        assertThat(answer.header("Content-Type")).contains("application/problem+json");
        assertThat(answer.header("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.body())
                .isEqualTo("{\"status\":404,\"title\":\"Not Found\",\"detail\":\"there is nothing at this address\"}");
    }

    @Test
    void answersManyRequestsOfOneConnectionInTheirOrder() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 2000; i++) {
                requests.append(
                        "POST /events/pipe?event=e" + i + " HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");
                requests.append("GET /nothing" + i + " HTTP/1.1\r\nHost: test\r\n\r\n");
            }
            Thread writer = new Thread(() -> {
                try {
                    connection.send(requests.toString());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            writer.start();
            long last = 0;
            for (int i = 0; i < 2000; i++) {
                String id = TestHub.json(connection.answer().body()).get("id").asString();
                long offset = Long.parseLong(id.substring(id.indexOf('-') + 1));
                assertThat(offset).isGreaterThan(last);
                last = offset;
                assertThat(connection.answer().status()).isEqualTo(404);
            }
            writer.join();
        }
    }

    @Test
    void keepsTheConnectionAfterARefusalWithASmallBody() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("POST", "/nothing", "Content-Length: 5");
            assertThat(connection.answer().status()).isEqualTo(404);
            connection.send("abcde").sendHead("GET", "/healthz");
            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection: close", "Connection: Keep-Alive, close"})
    void closesWhereAskedTo(String header) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("GET", "/healthz", header);
            assertThat(connection.answer().header("Connection")).contains("close");
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void tellsAClientToSendTheBodyThatItHoldsBack() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("POST", "/events/a", "Content-Length: 1", "Expect: 100-continue");
            assertThat(connection.answer().status()).isEqualTo(100);
            assertThat(connection.send("x").answer().status()).isEqualTo(200);
            connection.sendHead("POST", "/events/a%20", "Content-Length: 1", "Expect: 100-continue");
            assertThat(connection.answer().status()).isIn(100, 400);
        }
        assertThat(ask("POST", "/nothing", "Content-Length: 1", "Expect: 100-continue")
                        .status())
                .isEqualTo(404);
        assertThat(ask("POST", "/events/a", "Content-Length: 1", "Expect: wonders")
                        .status())
                .isEqualTo(417);
    }

    @Test
    void refusesOversizedHeaders() throws Exception {
        assertThat(ask("GET", "/healthz", "X: " + "x".repeat(20_000)).status()).isEqualTo(431);
        String[] many = new String[1000];
        for (int i = 0; i < many.length; i++) {
            many[i] = "X-Header-Number-" + i + ": value";
        }
        assertThat(ask("GET", "/healthz", many).status()).isEqualTo(431);
        assertThat(ask("GET", "/" + "x".repeat(9000)).status()).isEqualTo(414);
    }

    @Test
    void takesTheAbsoluteFormOfAnAddress() throws Exception {
        assertThat(ask("GET", "http://test/healthz").status()).isEqualTo(200);
        assertThat(ask("GET", "test:80").status()).isEqualTo(400);
    }

    @Test
    void letsNothingOfARequestIntoTheHeadersOfItsAnswer() throws Exception {
        for (String address : List.of(
                "/events/a%0d%0aSet-Cookie:x=1",
                "/events/a?lastEventId=%0d%0aSet-Cookie:x=1", "/x%0d%0aSet-Cookie:x=1")) {
            try (RawConnection connection = RawConnection.to(server)) {
                var head = connection
                        .sendHead("GET", address, "Origin: https://x\u00e9", "Accept: text/event-stream")
                        .head();
                assertThat(head.headers())
                        .noneMatch(
                                line -> line.toLowerCase(java.util.Locale.ROOT).contains("cookie"));
            }
        }
    }

    @Test
    void servesHttp10() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.isEnded()).isTrue();
        }
    }

    @Test
    void refusesOtherVersions() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /healthz HTTP/3.0\r\nHost: test\r\n\r\n");
            assertThat(connection.answer().status()).isIn(400, 505);
        }
    }
}
