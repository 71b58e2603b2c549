package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The parser against another one on the same random streams, invalid UTF-8 included: the npm package eventsource-parser,
 * run by Node. Left out where {@code js/node_modules} is not installed.
 */
@Timeout(120)
class PeerParserIT {

    private static final Path JS = Path.of("..", "js").toAbsolutePath();
    private static final long SEED = 20261121;
    private static final int STREAMS = 10_000;

    @Test
    void agreesWithThePeerOnEveryStream() throws Exception {
        assumeTrue(Files.isDirectory(JS.resolve("node_modules/eventsource-parser")), "run npm ci in js first");
        Random random = new Random(SEED);
        List<byte[]> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(finished(RandomStreamsTest.stream(random, true)));
        }
        List<JsonNode> answers = peer(streams);
        assertThat(answers).hasSize(STREAMS);
        for (int i = 0; i < STREAMS; i++) {
            byte[] stream = streams.get(i);
            assertThat(comparable(Told.parse(stream)))
                    .as(() -> HexFormat.of().formatHex(stream))
                    .isEqualTo(told(answers.get(i)));
        }
    }

    /** The peer waits with a CR at the end for what follows, where the standard ends the line; an LF makes them agree. */
    private static byte[] finished(byte[] stream) {
        if (stream.length == 0 || stream[stream.length - 1] != '\r') {
            return stream;
        }
        byte[] longer = Arrays.copyOf(stream, stream.length + 1);
        longer[stream.length] = '\n';
        return longer;
    }

    private static List<JsonNode> peer(List<byte[]> streams) throws Exception {
        Path script = Path.of(PeerParserIT.class.getResource("peer.mjs").toURI());
        Process node = new ProcessBuilder("node", script.toString(), JS.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader answers = node.inputReader(UTF_8)) {
            Thread writer = new Thread(() -> write(node, streams));
            writer.start();
            List<JsonNode> told = new ArrayList<>();
            ObjectMapper json = new ObjectMapper();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                told.add(json.readTree(line));
            }
            assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
            return told;
        } finally {
            node.destroyForcibly();
        }
    }

    private static void write(Process node, List<byte[]> streams) {
        try (PrintStream input = new PrintStream(node.getOutputStream(), false, UTF_8)) {
            streams.forEach(stream -> input.println(HexFormat.of().formatHex(stream)));
        }
    }

    /** What both parsers tell: the peer knows no last event ID. */
    private static Told comparable(Told told) {
        List<SseEvent> events = told.events().stream()
                .map(e -> new SseEvent(e.id(), e.name(), e.data(), ""))
                .toList();
        return new Told(events, "", told.retry(), told.comments());
    }

    private static Told told(JsonNode answer) {
        List<SseEvent> events = new ArrayList<>();
        for (JsonNode event : answer.required("events")) {
            Optional<String> id =
                    event.has("id") ? Optional.of(event.required("id").asString()) : Optional.empty();
            events.add(new SseEvent(
                    id,
                    event.required("event").asString(),
                    event.required("data").asString(),
                    ""));
        }
        List<String> comments = new ArrayList<>();
        answer.required("comments").forEach(comment -> comments.add(comment.asString()));
        OptionalLong retry =
                answer.has("retry") ? OptionalLong.of(answer.required("retry").asLong()) : OptionalLong.empty();
        return new Told(events, "", retry, comments);
    }
}
