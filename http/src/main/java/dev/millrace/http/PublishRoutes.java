package dev.millrace.http;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;

/** Sending: an event as the body, as JSON, to all, or many in one request. */
public final class PublishRoutes {
    /** The header with the idempotency key. */
    public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final Hub hub;

    public PublishRoutes(Hub hub) {
        this.hub = hub;
    }

    /** {@code POST /events/{channel}}: the body is the data. */
    public void event(HttpCall call) {
        ChannelName channel = ChannelName.of(call.parameter());
        Publication publication =
                publication(call, channel, call.query().one("event").orElse(""), call.bodyText());
        requireGrant(call, channel);
        publish(call, publication, "{\"id\":");
    }

    /** {@code POST /notify}: the body names the channel. */
    public void notifyChannel(HttpCall call) {
        NamedEvent event = NamedEvent.parse(call.bodyText());
        ChannelName channel = event.channel();
        Publication publication = publication(call, channel, event.name(), event.data());
        requireGrant(call, channel);
        publish(call, publication, "{\"success\":true,\"id\":");
    }

    /** {@code POST /broadcast}: to every stream. */
    public void broadcast(HttpCall call) {
        NamedEvent event = NamedEvent.parse(call.bodyText());
        Publication publication = publication(call, ChannelName.ALL, event.name(), event.data());
        if (!call.caller().mayBroadcast()) {
            throw Problem.forbidden("the token does not grant to publish to everyone");
        }
        publish(call, publication, "{\"success\":true,\"id\":");
    }

    private static Publication publication(HttpCall call, ChannelName channel, String name, String data) {
        boolean isKept = call.query().flag("keep", true);
        return new Publication(
                channel, name, data, isKept, call.header(IDEMPOTENCY_KEY).orElse(""));
    }

    /** Refuses a channel on which the caller may not publish. */
    public static void requireGrant(HttpCall call, ChannelName channel) {
        if (!call.caller().mayPublish(channel.value())) {
            throw Problem.forbidden("the token does not grant to publish on this channel");
        }
    }

    private void publish(HttpCall call, Publication publication, String begin) {
        call.requireRate();
        int recipients = hub.recipients(publication.channel());
        call.answerWhen(hub.publish(publication), receipt -> answer(publication, receipt, recipients, begin));
    }

    private static Answer answer(Publication publication, Receipt receipt, int recipients, String begin) {
        String id = publication.isKept() ? '"' + receipt.position().toString() + '"' : "null";
        return Answer.json(begin + id + ",\"recipients\":" + recipients + "}");
    }
}
