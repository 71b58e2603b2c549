package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.redis.RedisServer;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Secrets in every place where a request or a setting may hold one, given to a real process that logs all that it can. None
 * of them is in what it prints, its thread names included, nor in what it answers.
 */
class SecretsIT {
    private static final String KEY = "canary-key-of-at-least-thirty-two-bytes";
    private static final String PASSWORD = "canary-password";
    private static final String CLIENT_ID = "canary-client-id-0123456789";
    private static final String BAD_TOKEN = "eyJhbGciOiJIUzI1NiJ9.canary-payload.canary-signature";

    private static final String LOG_ALL = """
            <configuration>
              <appender name="stdout" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%level %logger [%thread] %mdc %msg %kvp%n%ex</pattern></encoder>
              </appender>
              <!-- the Redis library's log of bytes: see "What is accepted" in docs/security.md -->
              <logger name="io.lettuce.core.protocol" level="DEBUG"/>
              <root level="TRACE"><appender-ref ref="stdout"/></root>
            </configuration>
            """;
    private static final String PRINT_ALL = """
            handlers=java.util.logging.ConsoleHandler
            .level=ALL
            java.util.logging.ConsoleHandler.level=ALL
            """;

    @TempDir
    private Path folder;

    private RedisServer redis;
    private Process process;
    private int port;
    private final List<String> answers = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start("--requirepass", PASSWORD);
        Path logback = Files.writeString(folder.resolve("all.xml"), LOG_ALL);
        Path logging = Files.writeString(folder.resolve("all.properties"), PRINT_ALL);
        Path key = Files.writeString(folder.resolve("key"), KEY);
        List<String> flags = List.of(
                "-Dlogback.configurationFile=" + logback,
                "-Djava.util.logging.config.file=" + logging,
                "-Djdk.httpclient.HttpClient.log=all");
        List<String> arguments = List.of(
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--access-log",
                "--system-metrics",
                "--jwt-secret-file",
                "" + key);
        ProcessBuilder builder = ServerProcess.builder(folder, flags, arguments);
        builder.environment().put("MILLRACE_REDIS_URL", redis.url().replace("//", "//:" + PASSWORD + "@"));
        process = builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        await().atMost(Duration.ofSeconds(20)).until(() -> output().contains("listening on"));
        Matcher line =
                Pattern.compile("listening on http://127\\.0\\.0\\.1:(\\d+)").matcher(output());
        assertThat(line.find()).isTrue();
        port = Integer.parseInt(line.group(1));
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
        redis.close();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    @Test
    void areInNoLogMetricErrorPageOrThreadName() throws Exception {
        String good = token();
        for (String token : List.of(good, BAD_TOKEN)) {
            inEveryPlace(token);
            inBrokenRequests(token);
        }
        steerAndLeave(good);
        List<String> pages = look(good);
        process.toHandle().destroy();
        assertThat(process.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)).isTrue();

        String output = output();
        assertThat(output)
                .contains("Full thread dump", "millrace-loop")
                .contains("DEBUG io.netty", "DEBUG io.lettuce")
                .contains("path=\"/events/a?token=*\" status=200")
                .contains("path=\"/clients/*/token\" status=200");
        List<String> secrets = secretsOf(good);
        for (String secret : secrets) {
            assertThat(linesWith(secret, output)).isEmpty();
            assertThat(linesWith(secret, String.join("\n", answers))).isEmpty();
            assertThat(linesWith(secret, String.join("\n", pages))).isEmpty();
        }
        assertThat(linesWith(CLIENT_ID, output)).isEmpty();
        assertThat(linesWith(CLIENT_ID, String.join("\n", pages))).isEmpty();
    }

    private static List<String> secretsOf(String token) {
        List<String> secrets = new ArrayList<>(List.of(KEY, PASSWORD, "canary-payload", "canary-signature"));
        secrets.addAll(List.of(token.split("\\.")).subList(1, 3));
        return secrets;
    }

    private static List<String> linesWith(String secret, String text) {
        return text.lines().filter(line -> line.contains(secret)).toList();
    }

    private static String token() {
        Instant end = Instant.now().plusSeconds(600);
        return new TokenMaker(KEY, new Expected("", "", Set.of()), Clock.systemUTC())
                .make(new Grants(Optional.of("anna"), Optional.of(end), Set.of("*"), Set.of("*"), true));
    }

    private RawConnection connect() throws IOException {
        return RawConnection.to(port, 0);
    }

    private void ask(String method, String address, String... headers) throws Exception {
        try (RawConnection connection = connect()) {
            RawConnection.Answer answer =
                    connection.sendHead(method, address, headers).answer();
            answers.add(answer.status() + " " + answer.headers() + answer.body());
        }
    }

    private void inEveryPlace(String token) throws Exception {
        String none = "Content-Length: 0";
        ask("POST", "/events/a", none, "Authorization: Bearer " + token);
        ask("POST", "/events/a", none, "Authorization: bearer  " + token);
        ask("POST", "/events/a", none, "Authorization: Basic " + token);
        ask("POST", "/events/a", none, "Authorization: " + token);
        ask("POST", "/events/a", none, "Cookie: a=b; millrace_token=" + token + "; c=" + token);
        ask("POST", "/events/a", none, "Cookie: millrace_token=" + token, "Origin: https://evil.example");
        ask("POST", "/events/a", none, "X-Api-Key: " + token, "Referer: http://a/?token=" + token);
        for (String query : List.of("token", "%74oken", "access_token", "jwt", "Token")) {
            ask("POST", "/events/a?" + query + "=" + token, none);
            ask("GET", "/stats?" + query + "=" + token);
            ask("GET", "/nothing?" + query + "=" + token);
        }
        ask("POST", "/events/a?token=" + token + "&token=" + token, none);
        ask("POST", "/events/a?" + token, none);
        ask("POST", "http://user:" + token + "@test/events/a?token=" + token, none);
        ask("POST", "/events/a?token=" + token, "Content-Length: 0", "Content-Encoding: " + token);
        ask("POST", "/events", "Content-Type: application/x-ndjson", none, "Authorization: Bearer " + token);
        ask("DELETE", "/clients/" + CLIENT_ID, "Authorization: Bearer " + token);
        ask("GET", "/clients/" + CLIENT_ID + "/nothing", "Authorization: Bearer " + token);
    }

    private void inBrokenRequests(String token) throws Exception {
        List<String> broken = List.of(
                "GET /events/a?token=" + token + " HTTP/1.1\nHost: a\r\n\r\n",
                "GET /events/a?token=" + token + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer\r\n " + token
                        + "\r\n\r\n",
                "GET /events/a?token=" + token + " HTTP/9.9\r\nHost: a\r\n\r\n",
                "GET /events/\u00e4?token=" + token + " HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /events/a?token=" + token + "%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /events/a?token=" + token + " HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(100_000) + "\r\n\r\n",
                token + "\r\n\r\n",
                "POST /events/a HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n" + token + "\r\n\r\n");
        for (String bytes : broken) {
            try (RawConnection connection = connect()) {
                connection.send(bytes);
                RawConnection.Answer answer = connection.answer();
                answers.add(answer.status() + " " + answer.headers() + answer.body());
            } catch (java.net.SocketException | java.io.EOFException cutOff) {
                answers.add("cut off");
            }
        }
    }

    /** A stream that is steered and renewed, and ends without a word. */
    private void steerAndLeave(String token) throws Exception {
        String auth = "Authorization: Bearer " + token;
        try (TestStream stream = TestStream.open(
                connect(), "/events/a?token=" + token + "&clientId=" + CLIENT_ID, Map.of("Cookie", "x=" + token))) {
            stream.nextEvent();
            String body = "{\"clientId\":\"" + CLIENT_ID + "\",\"channel\":\"b\"}";
            try (RawConnection steering = connect()) {
                steering.sendHead(
                        "POST",
                        "/subscribe",
                        auth,
                        "Content-Type: application/json",
                        "Content-Length: " + body.length());
                assertThat(steering.send(body).answer().status()).isEqualTo(200);
            }
            ask("POST", "/clients/" + CLIENT_ID + "/token", auth, "Content-Length: 0");
            ask("POST", "/clients/" + CLIENT_ID + "/events?event=x", auth, "Content-Length: 0");
            stream.connection().socket().setSoLinger(true, 0);
        }
        try (TestStream stream = TestStream.open(connect(), "/events/a?token=" + token, Map.of())) {
            stream.nextEvent();
        }
    }

    /** What an operator sees: pages, figures, and what the threads are doing. */
    private List<String> look(String token) throws Exception {
        List<String> pages = new ArrayList<>();
        for (String page : List.of("/", "/console/main.js", "/metrics", "/stats", "/channels", "/healthz", "/readyz")) {
            try (RawConnection connection = connect()) {
                RawConnection.Answer answer = connection
                        .sendHead("GET", page, "Authorization: Bearer " + token)
                        .answer();
                assertThat(answer.status()).isEqualTo(200);
                pages.add(answer.headers() + answer.body());
            }
        }
        try (TestStream stream =
                TestStream.open(connect(), "/events/$system", Map.of("Authorization", "Bearer " + token))) {
            stream.nextEvent();
            pages.add(stream.nextEvent().toString());
        }
        RedisServer.signal(process.pid(), "QUIT");
        await().atMost(Duration.ofSeconds(20)).until(() -> output().contains("Full thread dump"));
        return pages;
    }
}
