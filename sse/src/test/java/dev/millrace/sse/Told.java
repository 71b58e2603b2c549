package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** All that a parser told of one stream. */
record Told(List<SseEvent> events, String lastEventId, OptionalLong retry, List<String> comments) {

    /** Parses the stream, cut before each index of {@code cuts}, which ascend. */
    static Told parse(byte[] stream, int... cuts) {
        Recorder recorder = new Recorder();
        SseParser parser = new SseParser("", 1 << 20, recorder);
        int start = 0;
        for (int cut : cuts) {
            parser.parse(stream, start, cut - start);
            start = cut;
        }
        parser.parse(stream, start, stream.length - start);
        return new Told(recorder.events, parser.lastEventId(), recorder.retry, recorder.comments);
    }

    static Told parse(String stream) {
        return parse(stream.getBytes(UTF_8));
    }

    /** Every index of the stream but the first: it comes byte by byte. */
    static int[] everywhere(byte[] stream) {
        int[] cuts = new int[Math.max(0, stream.length - 1)];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = i + 1;
        }
        return cuts;
    }

    private static final class Recorder implements SseHandler {
        final List<SseEvent> events = new ArrayList<>();
        final List<String> comments = new ArrayList<>();
        OptionalLong retry = OptionalLong.empty();

        @Override
        public void event(SseEvent event) {
            events.add(event);
        }

        @Override
        public void retry(long millis) {
            retry = OptionalLong.of(millis);
        }

        @Override
        public void comment(String text) {
            comments.add(text);
        }
    }
}
