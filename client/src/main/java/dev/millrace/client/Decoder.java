package dev.millrace.client;

import dev.millrace.sse.SseEvent;
import dev.millrace.sse.SseHandler;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Turns what the parser tells into the values of a stream, and keeps them until they are taken. What an earlier
 * connection brought already is left out. Not thread-safe.
 */
final class Decoder implements SseHandler {

    /** A value and the position after it; without a value, only the position moved. */
    record Item(Optional<StreamEvent> event, String lastEventId) {}

    private final Queue<Item> items = new ArrayDeque<>();
    private final RecentIds recent = new RecentIds();
    private final Backoff backoff;
    private final boolean wantsComments;
    private String lastEventId;
    private long connection;

    Decoder(Backoff backoff, boolean wantsComments, String lastEventId) {
        this.backoff = backoff;
        this.wantsComments = wantsComments;
        this.lastEventId = lastEventId;
    }

    /** What comes from now on comes over another connection. */
    void beginConnection() {
        connection++;
    }

    @Nullable
    Item poll() {
        return items.poll();
    }

    void add(StreamEvent event) {
        items.add(new Item(Optional.of(event), lastEventId));
    }

    @Override
    public void event(SseEvent event) {
        lastEventId = event.lastEventId();
        StreamEvent value = value(event);
        boolean isRepeated = value instanceof StreamEvent.Message
                && event.id().isPresent()
                && !lastEventId.isEmpty()
                && !recent.isNew(lastEventId, connection);
        items.add(new Item(isRepeated ? Optional.empty() : Optional.of(value), lastEventId));
    }

    @Override
    public void lastEventId(String id) {
        lastEventId = id;
        items.add(new Item(Optional.empty(), id));
    }

    @Override
    public void retry(long millis) {
        backoff.retry(millis);
    }

    @Override
    public void comment(String text) {
        if (wantsComments) {
            add(new StreamEvent.Comment(text));
        }
    }

    /** The hub's notices about the stream itself, as their own types; anything else that has their names stays a message. */
    private static StreamEvent value(SseEvent event) {
        if (event.name().equals("connected")) {
            Map<String, Object> said = Json.object(event.data());
            if (said.get("clientId") instanceof String clientId && said.get("channels") instanceof List<?> channels) {
                Optional<Boolean> resumed =
                        said.get("resumed") instanceof Boolean is ? Optional.of(is) : Optional.empty();
                return new StreamEvent.Connected(
                        clientId, channels.stream().map(Object::toString).toList(), resumed, event.lastEventId());
            }
        } else if (event.name().equals("gap")) {
            Map<String, Object> said = Json.object(event.data());
            if (said.get("resumedAt") instanceof String resumedAt) {
                return new StreamEvent.Gap(text(said, "channel"), text(said, "after"), resumedAt);
            }
        }
        return new StreamEvent.Message(event.name(), event.data(), event.lastEventId());
    }

    private static Optional<String> text(Map<String, Object> members, String name) {
        return members.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }
}
