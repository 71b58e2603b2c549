package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * The parser as a filter, for tests in other languages. Each line of standard input is a stream: its chunks in hexadecimal
 * digits, a space between them. Each line of standard output is what the parser told of it, as in {@code fixtures/README.md}.
 */
public final class ParseLines {

    private ParseLines() {}

    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, US_ASCII));
        PrintStream out = new PrintStream(System.out, false, UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            String[] chunks = line.split(" ", -1);
            int[] cuts = new int[chunks.length];
            for (int i = 0; i < chunks.length; i++) {
                stream.writeBytes(HexFormat.of().parseHex(chunks[i]));
                cuts[i] = stream.size();
            }
            out.println(json(Told.parse(stream.toByteArray(), cuts)));
        }
        out.flush();
    }

    private static String json(Told told) {
        String events = told.events().stream().map(ParseLines::json).collect(Collectors.joining(",", "[", "]"));
        String comments = told.comments().stream().map(ParseLines::json).collect(Collectors.joining(",", "[", "]"));
        String retry = told.retry().isPresent() ? ",\"retry\":" + told.retry().getAsLong() : "";
        return "{\"events\":" + events + ",\"lastEventId\":" + json(told.lastEventId()) + retry + ",\"comments\":"
                + comments + "}";
    }

    private static String json(SseEvent event) {
        return "{\"event\":" + json(event.name()) + ",\"data\":" + json(event.data()) + ",\"lastEventId\":"
                + json(event.lastEventId())
                + event.id().map(id -> ",\"id\":" + json(id)).orElse("") + "}";
    }

    private static String json(String text) {
        return text.chars()
                .mapToObj(c -> c >= ' ' && c < 0x7F && c != '"' && c != '\\'
                        ? String.valueOf((char) c)
                        : String.format("\\u%04x", c))
                .collect(Collectors.joining("", "\"", "\""));
    }
}
