package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Seeded random streams: the same result at every cut, the standard's result, and back again through the encoder. */
class RandomStreamsTest {

    private static final long SEED = 20261121;

    private static final String[] TOKENS = {
        "\n",
        "\n",
        "\n\n",
        "\n\n",
        "\r",
        "\r\n",
        "\r\n\r\n",
        "\ndata:",
        "\ndata: ",
        "\rdata: ",
        "\nid: ",
        "\nevent: ",
        "\nretry: ",
        "\n:",
        "data",
        "id",
        "event",
        "retry",
        ":",
        " ",
        "1",
        "23",
        "a",
        "é",
        "😀",
        "\uFEFF",
        "\u0000",
        "\u0085",
        "\u2028",
        "message",
        "x:y"
    };

    private static final byte[][] INVALID = {
        {(byte) 0xC3},
        {(byte) 0xEF, (byte) 0xBB},
        {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
        {(byte) 0xF0, (byte) 0x9F},
        {(byte) 0x80},
        {(byte) 0xFF}
    };

    @Test
    void readsTheSameAtEveryCut() {
        Random random = new Random(SEED);
        for (int round = 0; round < 10_000; round++) {
            byte[] stream = stream(random, true);
            Told whole = Told.parse(stream);
            for (int cut = 0; cut <= stream.length; cut++) {
                assertThat(Told.parse(stream, cut)).as(() -> describe(stream)).isEqualTo(whole);
            }
            assertThat(Told.parse(stream, Told.everywhere(stream)))
                    .as(() -> describe(stream))
                    .isEqualTo(whole);
        }
    }

    @Test
    void readsWhatTheStandardReads() {
        Random random = new Random(SEED + 1);
        int events = 0;
        for (int round = 0; round < 10_000; round++) {
            byte[] stream = stream(random, false);
            Told told = Told.parse(stream);
            assertThat(told).as(() -> describe(stream)).isEqualTo(byTheStandard(new String(stream, UTF_8)));
            events += told.events().size();
        }
        assertThat(events).as("events in all the streams").isGreaterThan(2_000);
    }

    @Test
    void readsBackWhatTheEncoderWrote() {
        Random random = new Random(SEED + 2);
        for (int round = 0; round < 10_000; round++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            List<SseEvent> sent = new ArrayList<>();
            String lastEventId = "";
            for (int i = random.nextInt(5); i > 0; i--) {
                String id = value(random);
                String name = value(random);
                String data = text(random, random.nextInt(8));
                lastEventId = id.isEmpty() ? lastEventId : id;
                stream.writeBytes(SseEncoder.event(id, name, data));
                stream.writeBytes(
                        random.nextBoolean() ? SseEncoder.comment(data) : SseEncoder.retry(random.nextInt(9)));
                sent.add(new SseEvent(
                        id.isEmpty() ? Optional.empty() : Optional.of(id),
                        name.isEmpty() ? "message" : name,
                        data.replace("\r\n", "\n").replace('\r', '\n'),
                        lastEventId));
            }
            assertThat(Told.parse(stream.toByteArray()).events()).isEqualTo(sent);
        }
    }

    private static String value(Random random) {
        return text(random, random.nextInt(3)).replaceAll("[\r\n\u0000]", "");
    }

    private static String text(Random random, int tokens) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens; i++) {
            text.append(TOKENS[random.nextInt(TOKENS.length)]);
        }
        return text.toString();
    }

    static byte[] stream(Random random, boolean invalid) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = random.nextInt(32); i > 0; i--) {
            if (invalid && random.nextInt(12) == 0) {
                stream.writeBytes(INVALID[random.nextInt(INVALID.length)]);
            }
            stream.writeBytes(text(random, 1).getBytes(UTF_8));
        }
        return stream.toByteArray();
    }

    /** The steps of the standard, word for word, on the whole text at once. */
    private static Told byTheStandard(String stream) {
        String text = stream.startsWith("\uFEFF") ? stream.substring(1) : stream;
        List<SseEvent> events = new ArrayList<>();
        List<String> comments = new ArrayList<>();
        OptionalLong retry = OptionalLong.empty();
        StringBuilder data = new StringBuilder();
        String type = "";
        String buffer = "";
        String lastEventId = "";
        Optional<String> own = Optional.empty();
        String[] lines = Pattern.compile("\r\n|\r|\n").split(text, -1);
        for (int i = 0; i < lines.length - 1; i++) {
            String line = lines[i];
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
            if (line.isEmpty()) {
                lastEventId = buffer;
                if (data.length() > 0) {
                    events.add(new SseEvent(
                            own, type.isEmpty() ? "message" : type, data.substring(0, data.length() - 1), lastEventId));
                }
                data.setLength(0);
                type = "";
                own = Optional.empty();
            } else if (colon == 0) {
                comments.add(value);
            } else if (field.equals("data")) {
                data.append(value).append('\n');
            } else if (field.equals("event")) {
                type = value;
            } else if (field.equals("id") && value.indexOf('\0') < 0) {
                buffer = value;
                own = Optional.of(value);
            } else if (field.equals("retry") && value.matches("[0-9]+")) {
                retry = OptionalLong.of(Long.parseLong(value));
            }
        }
        return new Told(events, lastEventId, retry, comments);
    }

    private static String describe(byte[] stream) {
        return "seed " + SEED + ", stream " + HexFormat.of().formatHex(stream);
    }
}
