package dev.millrace.spring;

import dev.millrace.http.Envelope;
import dev.millrace.hub.Form;
import dev.millrace.log.Event;
import dev.millrace.sse.SseEncoder;
import java.util.ArrayList;
import java.util.List;

/** Events as the bytes of an event stream, with or without envelopes. A batch is encoded once, and every stream writes the same bytes. */
enum StreamForm implements Form<byte[]> {
    /** Data as they were published. */
    BARE,
    /** Data in envelopes. */
    ENVELOPED;

    static StreamForm of(boolean isEnveloped) {
        return isEnveloped ? ENVELOPED : BARE;
    }

    @Override
    public byte[] encode(List<Event> events) {
        List<String> data = new ArrayList<>(events.size());
        long size = 0;
        for (Event event : events) {
            String text = this == BARE ? event.data() : Envelope.around(event.channel(), event.name(), event.data());
            data.add(text);
            size += SseEncoder.size(id(event), event.name(), text);
        }
        byte[] bytes = new byte[Math.toIntExact(size)];
        int end = 0;
        for (int i = 0; i < data.size(); i++) {
            Event event = events.get(i);
            end = SseEncoder.write(id(event), event.name(), data.get(i), bytes, end);
        }
        return bytes;
    }

    private static String id(Event event) {
        return event.isKept() ? event.position().toString() : "";
    }

    @Override
    public long bytes(byte[] batch) {
        return batch.length;
    }

    @Override
    public void release(byte[] batch) {}
}
