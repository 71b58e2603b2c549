package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The wire fixtures that the parsers of all languages share: whole, byte by byte, and cut in two at every index. */
class WireFixturesTest {

    @TestFactory
    Stream<DynamicTest> parsesTheFixture() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("..", "fixtures", "wire"), "*.json")) {
            for (Path file : files) {
                JsonNode fixture = new ObjectMapper().readTree(Files.readString(file));
                String prefix = file.getFileName() + ": ";
                for (JsonNode wire : fixture.required("cases")) {
                    tests.add(DynamicTest.dynamicTest(
                            prefix + wire.required("name").asString(), () -> check(wire)));
                }
            }
        }
        assertThat(tests).hasSizeGreaterThan(60);
        return tests.stream();
    }

    private static void check(JsonNode wire) {
        byte[] stream = wire.has("hex")
                ? HexFormat.of().parseHex(wire.required("hex").asString().replace(" ", ""))
                : wire.required("stream").asString().getBytes(UTF_8);
        Told whole = Told.parse(stream);
        Told expected = expected(wire, whole);
        assertThat(whole).isEqualTo(expected);
        assertThat(Told.parse(stream, Told.everywhere(stream)))
                .as("byte by byte")
                .isEqualTo(expected);
        for (int cut = 0; cut <= stream.length; cut++) {
            assertThat(Told.parse(stream, cut)).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    private static Told expected(JsonNode wire, Told whole) {
        List<SseEvent> events = new ArrayList<>();
        for (JsonNode event : wire.required("events")) {
            events.add(new SseEvent(
                    event.has("id") ? Optional.of(event.required("id").asString()) : Optional.empty(),
                    event.required("event").asString(),
                    event.required("data").asString(),
                    event.required("lastEventId").asString()));
        }
        List<String> comments = new ArrayList<>();
        wire.path("comments").forEach(comment -> comments.add(comment.asString()));
        return new Told(
                events,
                wire.required("lastEventId").asString(),
                wire.has("retry") ? OptionalLong.of(wire.required("retry").asLong()) : OptionalLong.empty(),
                wire.has("comments") ? comments : whole.comments());
    }
}
