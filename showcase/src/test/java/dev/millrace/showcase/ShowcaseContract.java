package dev.millrace.showcase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** What the showcase does, on each database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ShowcaseContract {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private ConfigurableApplicationContext context;
    private int port;

    /** The environment that names the database. */
    abstract Map<String, String> environment() throws Exception;

    @BeforeAll
    void start() throws Exception {
        Map<String, String> environment = new LinkedHashMap<>(environment());
        environment.put("PORT", "0");
        SpringApplication application = new SpringApplication(Showcase.class);
        application.setDefaultProperties(StartSettings.of(new String[0], environment));
        context = application.run("--millrace.heartbeat=1s");
        port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @AfterAll
    void stop() throws Exception {
        context.close();
    }

    @TestFactory
    Stream<DynamicTest> doesWhatItsReadmeSays() throws IOException {
        return Transcript.of(Path.of("README.md")).stream()
                .map(transcript -> DynamicTest.dynamicTest(transcript.section(), () -> {
                    awaitNoStreams();
                    transcript.run(port);
                }));
    }

    /** The section before has left: the hub finds out by a heartbeat. */
    private void awaitNoStreams() {
        Hub hub = context.getBean(Hub.class);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> hub.statistics().connections() == 0);
    }

    @Test
    void remembersTheStatesOfAnOrderAndWhereItsStreamGoesOn() throws Exception {
        post("/api/orders/o-1/update", "{\"status\":\"packed\",\"details\":\"x\"}");
        String orders = get("/api/orders");
        assertThat(orders)
                .contains("\"id\":\"o-1\"", "\"note\":\"x\"")
                .matches("(?s)\\{\"position\":\"[a-z0-9]+-\\d+\".*");
    }

    @Test
    void refusesWhatItCannotDoAndSaysWhy() throws Exception {
        assertProblem(send("POST", "/api/notifications", "{\"title\":\"t\"}"), 400, "message is missing");
        assertProblem(send("POST", "/api/orders/a%20b/status", "{\"status\":\"s\"}"), 400, "id may hold");
        assertProblem(send("POST", "/api/orders/1001/status", "{}"), 400, "status is missing");
        assertProblem(send("GET", "/chat/lobby", ""), 400, "userId is missing");
        assertProblem(
                send("POST", "/chat/nobody-is-here/message", "{\"userId\":\"u\",\"message\":\"m\"}"),
                404,
                "no such room");
    }

    @Test
    void servesItsPagesWithAPolicyThatAllowsNothingFromElsewhere() throws Exception {
        for (String page : new String[] {"", "orders.html", "inbox.html", "dashboard.html", "chat.html"}) {
            HttpResponse<String> answer = send("GET", "/" + page, "");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Security-Policy"))
                    .hasValueSatisfying(policy ->
                            assertThat(policy).startsWith("default-src 'none'").doesNotContain("unsafe"));
            assertThat(answer.body()).doesNotContain("style=", "onclick", "<script>");
        }
    }

    @Test
    void refusesChangesFromPagesOfOtherOrigins() throws Exception {
        HttpRequest request = request("POST", "/api/notify", "{\"message\":\"m\"}")
                .header("Origin", "https://elsewhere.example")
                .build();
        assertProblem(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()), 403, "another origin");
    }

    @Test
    void takesANewOrderFromManyAtTheSameTime() throws Exception {
        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 12)
                .mapToObj(i -> CLIENT.sendAsync(
                        request("POST", "/api/orders/rush/status", "{\"status\":\"s" + i + "\"}")
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
        assertThat(get("/api/orders")).containsOnlyOnce("\"id\":\"rush\"").contains("\"s0\"", "\"s11\"");
    }

    @Test
    void keepsEveryTextThatItTakesAndRefusesWhatIsNone() throws Exception {
        String path = "/api/orders/text/status";
        String longest = "\uD83D\uDE00".repeat(20); // 40 units in a form and in H2, 20 characters in PostgreSQL
        post(path, "{\"status\":\"" + longest + "\"}");
        assertThat(get("/api/orders")).contains(longest);
        assertProblem(send("POST", path, "{\"status\":\"" + longest + "x\"}"), 400, "status must have at most 40");
        assertProblem(send("POST", path, "{\"status\":\"\\u0000\"}"), 400, "status must not hold");
        assertProblem(send("POST", path, "{\"status\":\"\\ud800\"}"), 400, "status must not hold");
        assertProblem(send("POST", path, "[1]"), 400, "must be a JSON object");
        assertProblem(send("POST", path, "{\"status\":\"s\",\"x\":\"" + "x".repeat(70_000) + "\"}"), 413, "too large");
        assertProblem(send("POST", path, "{\"x\":" + "[".repeat(1000)), 413, "too deep");
    }

    @Test
    void saysWhyItRefusesWhoIsNotSignedIn() throws Exception {
        HttpResponse<String> answer = send("GET", "/notifications", "");
        assertProblem(answer, 401, "sign in first");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }

    @Test
    void takesChangesFromItsOwnPagesBehindAProxyWithTls() throws Exception {
        HttpRequest request = request("POST", "/api/notify", "{\"message\":\"m\"}")
                .header("Origin", "https://shop.example")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "shop.example")
                .build();
        assertThat(CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String detail) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).contains(detail);
    }

    private String get(String path) throws IOException, InterruptedException {
        return send("GET", path, "").body();
    }

    private void post(String path, String body) throws IOException, InterruptedException {
        assertThat(send("POST", path, body).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> send(String method, String path, String body)
            throws IOException, InterruptedException {
        return CLIENT.send(request(method, path, body).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }
}
