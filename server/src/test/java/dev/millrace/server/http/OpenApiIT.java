package dev.millrace.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.millrace.hub.Hub;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.TrustedProxies;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code /openapi.yaml} tells the truth: about the addresses, the methods, and what is answered. */
class OpenApiIT {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");
    private static final String CLIENT = "the-client-of-this-test";

    private final Hub hub = Hub.inMemory();
    private final HttpServer server = start();
    private final HttpClient http = HttpClient.newHttpClient();
    private String text = "";
    private JsonNode document = JSON.createObjectNode();

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
                    Clock.systemUTC(),
                    System::nanoTime);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void read() throws Exception {
        HttpResponse<String> answer = send("GET", "/openapi.yaml", "");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/yaml");
        text = answer.body();
        document = JSON.valueToTree(new Yaml().<Object>load(text));
    }

    @AfterEach
    void stop() {
        hub.close();
        server.close();
    }

    @Test
    void isValid() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        SwaggerParseResult parsed = new OpenAPIV3Parser().readContents(text, List.of(), options);
        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI().getOpenapi()).startsWith("3.1");
    }

    @Test
    void hasEachAddressOfTheHubWithItsMethodsAndNoOther() {
        Map<String, String> described = new TreeMap<>();
        document.get("paths").properties().forEach(path -> described.put(path.getKey(), methods(path.getValue())));
        Map<String, String> answered = new TreeMap<>();
        server.addresses().forEach((path, methods) -> answered.put(path, sorted(Stream.of(methods.split(", ")))));
        assertThat(described).isEqualTo(answered);
    }

    private static String methods(JsonNode path) {
        Stream<String> described =
                path.propertyNames().stream().filter(METHODS::contains).map(method -> method.toUpperCase(Locale.ROOT));
        return sorted(Stream.concat(described, path.has("get") ? Stream.of("HEAD", "OPTIONS") : Stream.of("OPTIONS")));
    }

    private static String sorted(Stream<String> methods) {
        return methods.sorted().collect(Collectors.joining(", "));
    }

    @Test
    void hasExamplesThatFitTheirSchemas() {
        List<JsonNode> contents = document.findValues("content").stream()
                .flatMap(content -> content.valueStream())
                .filter(content -> content.has("example"))
                .toList();
        assertThat(contents).hasSizeGreaterThan(15);
        for (JsonNode content : contents) {
            assertThat(errors(content.get("schema"), content.get("example")))
                    .as(content.get("example").toString())
                    .isEmpty();
        }
    }

    @Test
    void tellsWhatTheHubAnswers() throws Exception {
        HttpRequest listen = HttpRequest.newBuilder(uri("/events?channel=a&clientId=" + CLIENT))
                .build();
        try (InputStream stream =
                http.send(listen, BodyHandlers.ofInputStream()).body()) {
            assertThat(stream.read()).isPositive();
            String id = answers("post", "/events/{channel}", "/events/a?event=n", "x")
                    .get("id")
                    .asString();
            answers("post", "/notify", "/notify", "{\"channel\":\"a\",\"data\":1}");
            answers("post", "/broadcast", "/broadcast", "{\"data\":1}");
            answers("post", "/events", "/events", "{\"channel\":\"a\",\"data\":1}\n");
            answers("get", "/stats", "/stats", "");
            answers("get", "/channels", "/channels?limit=1", "");
            answers("get", "/channels/{channel}", "/channels/none", "");
            answers("get", "/channels/{channel}/subscribers", "/channels/a/subscribers", "");
            answers("get", "/channels/{channel}/history", "/channels/a/history", "");
            answers("get", "/clients", "/clients", "");
            answers("get", "/clients/{clientId}/explain", "/clients/" + CLIENT + "/explain?event=" + id, "");
            answers("get", "/clients/{clientId}/explain", "/clients/" + CLIENT + "/explain?event=x", "");
            String steering = "{\"clientId\":\"" + CLIENT + "\",\"channel\":\"b\"}";
            answers("post", "/subscribe", "/subscribe", steering);
            answers("post", "/unsubscribe", "/unsubscribe", steering);
            answers("post", "/clients/{clientId}/events", "/clients/" + CLIENT + "/events", "x");
            answers("post", "/clients/{clientId}/token", "/clients/" + CLIENT + "/token", "");
            answers("delete", "/clients/{clientId}", "/clients/" + CLIENT, "");
        }
        answers("delete", "/clients", "/clients?user=anna", "");
        answers("get", "/healthz", "/healthz", "");
        answers("get", "/readyz", "/readyz", "");
        answers("post", "/events/{channel}", "/events/a%20b", "x");
        answers("post", "/notify", "/notify", "{\"channel\":");
        answers("post", "/events", "/events", "{\"channel\":\"a\",\"data\":1}\nnonsense\n");
        answers("delete", "/clients/{clientId}", "/clients/" + CLIENT, "");
    }

    /** Asks, and holds the answer to what the document says of this status. */
    private JsonNode answers(String method, String path, String address, String body) throws Exception {
        HttpResponse<String> answer = send(method.toUpperCase(Locale.ROOT), address, body);
        JsonNode described =
                resolved(document.at(pointer("paths", path, method, "responses", "" + answer.statusCode())));
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        JsonNode schema = described.at(pointer("content", type, "schema"));
        assertThat(schema.isMissingNode())
                .as(method + " " + address + " answers " + answer.statusCode() + " " + type + " " + answer.body())
                .isFalse();
        JsonNode json = JSON.readTree(answer.body());
        assertThat(errors(schema, json)).as(address + " " + answer.body()).isEmpty();
        return json;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asString().substring(1)) : node;
    }

    private static String pointer(String... names) {
        return Stream.of(names)
                .map(name -> "/" + name.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }

    /** A schema of the document with all of its fellows; what it does not name is an error here. */
    private List<Error> errors(JsonNode schema, JsonNode value) {
        ObjectNode whole = ((ObjectNode) schema).deepCopy();
        ObjectNode components = ((ObjectNode) document.get("components")).deepCopy();
        close(components.get("schemas"));
        whole.set("components", components);
        close(whole);
        Schema known = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole);
        return known.validate(value);
    }

    private static void close(JsonNode node) {
        for (JsonNode each : node) {
            close(each);
        }
        if (node instanceof ObjectNode schema && schema.path("properties").isObject()) {
            schema.put("additionalProperties", false);
        }
    }

    private HttpResponse<String> send(String method, String address, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(address))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", address.equals("/events") ? "application/x-ndjson" : "application/json");
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private URI uri(String address) {
        return URI.create("http://127.0.0.1:" + server.address().getPort() + address);
    }
}
