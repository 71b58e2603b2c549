package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that two parties could read in two ways: refused, the connection closed, and what hides in them never done. */
class SmugglingIT {
    private static final String MARKER = "POST /events/smuggled HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx";
    private static final String HEAD = "POST /events/a HTTP/1.1\r\nHost: test\r\n";

    private final MillraceServer server = MillraceServer.builder().port(0).start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HEAD + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
                HEAD + " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                HEAD + "X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                HEAD + "X: y\r\n\tz\r\nContent-Length: 0\r\n\r\n",
                HEAD + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                HEAD + "Content-Length: 1, 1\r\n\r\na",
                HEAD + "Content-Length: 5,5\r\n\r\nabcde",
                HEAD + "Content-Length: +1\r\n\r\na",
                HEAD + "Content-Length: 0x1\r\n\r\na",
                HEAD + "Content-Length: -1\r\n\r\na",
                HEAD + "Content-Length: 1 1\r\n\r\na",
                HEAD + "Content-Length:\r\n\r\n",
                HEAD + "Content-Length: 99999999999999999999\r\n\r\na",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n1ffffffffffffffff\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n100000001\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n1;x\nyy\r\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n\r\n1\r\na\r\n0\r\n\r\n",
                "POST /events/a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /events/a HTTP/1.1\nHost: test\nContent-Length: 0\n\n",
                "POST /events/a HTTP/1.1\r\nHost: test\nContent-Length: 0\r\n\r\n",
                "POST /events/a HTTP/1.1\rHost: test\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a HTTP/1.1\r\nHost: test\r\nHost: other\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a HTTP/1.1\r\nHost: test\r\nX\u0000Y: z\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a HTTP/1.1\r\nHost: test\r\nno colon\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a b HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
                "POST  /events/a HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a\u00e9 HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
                "\u0001\u0002POST /events/a HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
                "POST /events/a\r\nHost: test\r\n\r\n",
                "POST /events/a HTTP/1.1x\r\nHost: test\r\nContent-Length: 0\r\n\r\n"
            })
    void refusesWhatIsAmbiguousAndCloses(String request) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send(request + MARKER);
            assertThat(connection.answer().status()).isIn(400, 413, 501, 505);
            assertThat(connection.isEnded()).isTrue();
        }
        assertThat(TestHub.json(hub.get("/channels/smuggled")).get("retained").asInt())
                .isZero();
        assertThat(TestHub.json(hub.get("/channels/a")).get("retained").asInt()).isZero();
    }

    @Test
    void takesWhatIsUnusualButClear() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("\r\nPOST /events/fine HTTP/1.1\r\nhost:test\r\ntransfer-encoding:Chunked\r\n\r\n"
                    .concat("0001;ext=\"1\"\r\nx\r\n0\r\nTrailer: y\r\n\r\n"));
            assertThat(connection.answer().status()).isEqualTo(200);
            connection.sendHead("GET", "/healthz");
            assertThat(connection.answer().status()).isEqualTo(200);
        }
    }
}
