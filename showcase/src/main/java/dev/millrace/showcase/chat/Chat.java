package dev.millrace.showcase.chat;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscriber;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Publication;
import dev.millrace.showcase.site.EventData;
import dev.millrace.showcase.site.Input;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Chat rooms. A room is a channel: it is there while somebody is in it or something of what was said is remembered, and it costs
 * nothing to be asked for.
 */
@RestController
class Chat {
    private static final int SHOWN = 10;
    private static final int MAX_USER = 40;

    record MessageRequest(@Nullable String userId, @Nullable String message) {}

    record TypingRequest(@Nullable String userId) {}

    record LeaveRequest(@Nullable String clientId) {}

    record Message(String userId, String message, Instant timestamp) {}

    record Typing(String userId) {}

    record Answer(boolean success, int recipients) {}

    private final Hub hub;
    private final EventData data;
    private final Clock clock;

    Chat(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
    }

    /** Joins a room, and begins with the last messages; comes back where the last event id says. Nothing else is on the stream. */
    @GetMapping("/chat/{room}")
    Subscription join(@PathVariable String room, @RequestParam(required = false) @Nullable String userId) {
        String user = Input.text("userId", userId, MAX_USER);
        return Subscription.to(
                        ChannelSet.of(Room.channel(name(room))).withoutBroadcasts()) // these would count as messages
                .withHistory(SHOWN)
                .of(Room.member(user));
    }

    /** Says something to everyone in the room, as the event {@code message}. */
    @PostMapping("/chat/{room}/message")
    CompletionStage<Answer> say(@PathVariable String room, @RequestBody MessageRequest request) {
        Message message = new Message(
                Input.text("userId", request.userId(), MAX_USER),
                Input.text("message", request.message(), 2000),
                clock.instant());
        return send(room, publication -> publication.named("message"), message);
    }

    /** Tells the room that somebody is typing: for those who listen now, and not remembered. */
    @PostMapping("/chat/{room}/typing")
    CompletionStage<Answer> type(@PathVariable String room, @RequestBody TypingRequest request) {
        Typing typing = new Typing(Input.text("userId", request.userId(), MAX_USER));
        return send(room, publication -> publication.named("typing").unkept(), typing);
    }

    /** Leaves a room at once, by the id that the stream was told in its first event; who says nothing is missed by the next heartbeat. */
    @PostMapping("/chat/{room}/leave")
    Answer leave(@PathVariable String room, @RequestBody LeaveRequest request) {
        String channel = Room.channel(name(room));
        Subscriber stream = hub.subscriber(Input.text("clientId", request.clientId(), 64))
                .filter(found -> found.channels().entries().contains(channel))
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "no such stream is in this room"));
        stream.close(Notice.Reason.KICKED);
        return new Answer(true, hub.recipients(ChannelName.of(channel)));
    }

    private CompletionStage<Answer> send(String room, UnaryOperator<Publication> kind, Object value) {
        ChannelName channel = ChannelName.of(Room.channel(name(room)));
        Publication publication = kind.apply(Publication.to(channel, data.of(value)));
        return exists(channel).thenCompose(isThere -> {
            if (!isThere) {
                throw new ResponseStatusException(HttpStatus.NOT_FOUND, "there is no such room: join it first");
            }
            int recipients = hub.recipients(channel);
            return hub.publish(publication).thenApply(receipt -> new Answer(true, recipients));
        });
    }

    private CompletionStage<Boolean> exists(ChannelName channel) {
        return hub.channels(channel.value(), "", 1)
                .thenApply(found -> !found.isEmpty() && found.get(0).channel().equals(channel));
    }

    private static String name(String room) {
        return Input.word("room", room, 40);
    }
}
