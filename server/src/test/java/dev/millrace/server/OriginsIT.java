package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins may do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OriginsIT {
    private static final String LISTED = "https://app.example";

    private final MillraceServer none = MillraceServer.builder().port(0).start();
    private final MillraceServer listing =
            MillraceServer.builder().port(0).corsOrigin(LISTED).start();
    private final MillraceServer any = MillraceServer.builder()
            .port(0)
            .corsOrigin("*")
            .trustedProxies("127.0.0.1")
            .start();

    @AfterAll
    void stop() {
        none.close();
        listing.close();
        any.close();
    }

    private static RawConnection.Answer ask(MillraceServer server, String method, String address, String... headers)
            throws IOException {
        try (RawConnection connection = RawConnection.to(server)) {
            RawConnection.Answer head =
                    connection.sendHead(method, address, headers).head();
            return head;
        }
    }

    @Test
    void saysNothingOfOriginsWhereNoneIsNamed() throws Exception {
        assertThat(ask(none, "GET", "/healthz").headers()).noneMatch(line -> line.startsWith("Access-Control"));
        assertThat(ask(listing, "GET", "/healthz").headers()).noneMatch(line -> line.startsWith("Access-Control"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events/a", "/nothing", "/stats", "/events/a%20b"})
    void letsAListedOriginReadWithCredentialsErrorsToo(String address) throws Exception {
        var answer = ask(listing, "GET", address, "Origin: " + LISTED);
        assertThat(answer.header("Access-Control-Allow-Origin")).contains(LISTED);
        assertThat(answer.header("Access-Control-Allow-Credentials")).contains("true");
        assertThat(answer.header("Vary")).contains("Origin");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://evil.example", "http://app.example", "https://app.example:444", "null"})
    void tellsNothingToOtherOrigins(String origin) throws Exception {
        var answer = ask(listing, "GET", "/healthz", "Origin: " + origin);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(answer.header("Vary")).contains("Origin");
        assertThat(ask(listing, "POST", "/events/a", "Origin: " + origin, "Content-Length: 0")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void letsAnyOriginReadWithoutCredentials() throws Exception {
        var answer = ask(any, "GET", "/events/a", "Origin: https://some.example");
        assertThat(answer.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
        assertThat(ask(any, "POST", "/events/a", "Origin: https://some.example", "Content-Length: 0")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void letsItsOwnPagesPublish() throws Exception {
        assertThat(ask(none, "POST", "/events/a", "Origin: http://test", "Content-Length: 0")
                        .status())
                .isEqualTo(200);
        assertThat(ask(none, "POST", "/events/a", "Content-Length: 0").status()).isEqualTo(200);
        assertThat(ask(none, "POST", "/events/a", "Origin: https://test", "Content-Length: 0")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void answersPreflights() throws Exception {
        var answer = ask(
                listing,
                "OPTIONS",
                "/events/a",
                "Origin: " + LISTED,
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization, last-event-id");
        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.header("Access-Control-Allow-Methods")).contains("GET, POST, DELETE");
        assertThat(answer.header("Access-Control-Allow-Headers").orElseThrow())
                .contains("Authorization", "Last-Event-ID", "Content-Type", "Cache-Control", "Idempotency-Key");
        assertThat(answer.header("Access-Control-Max-Age")).isPresent();
        var refused = ask(
                listing, "OPTIONS", "/events/a", "Origin: https://evil.example", "Access-Control-Request-Method: POST");
        assertThat(refused.headers()).noneMatch(line -> line.startsWith("Access-Control"));
    }

    @ParameterizedTest
    @CsvSource({"https://public.example,https,public.example,200", "https://public.example,http,public.example,200"})
    void takesATrustedProxysWordForItsOwnOrigin(String origin, String scheme, String host, int status)
            throws Exception {
        var answer = ask(
                any,
                "POST",
                "/events/a",
                "Origin: " + origin,
                "X-Forwarded-Proto: " + scheme,
                "X-Forwarded-Host: " + host,
                "Content-Length: 0");
        assertThat(answer.status()).isEqualTo(status);
        boolean isOwn = origin.startsWith(scheme + ":");
        assertThat(answer.header("Access-Control-Allow-Origin").isEmpty()).isEqualTo(isOwn);
    }

    @Test
    void believesNobodyElse() throws Exception {
        var answer = ask(
                none,
                "POST",
                "/events/a",
                "Origin: https://public.example",
                "X-Forwarded-Proto: https",
                "X-Forwarded-Host: public.example",
                "Content-Length: 0");
        assertThat(answer.status()).isEqualTo(403);
    }
}
