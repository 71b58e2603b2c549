package dev.millrace.http;

import dev.millrace.hub.ClientInfo;
import dev.millrace.hub.ClientQuery;
import dev.millrace.hub.Explanation;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Subscriber;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Looking at open streams: how they stand, and why one was given an event or was not. */
public final class ClientRoutes {
    private final Hub hub;

    /** Looks at the streams of this hub. */
    public ClientRoutes(Hub hub) {
        this.hub = hub;
    }

    /** {@code GET /clients}. */
    void clients(HttpCall call) {
        Query query = call.query();
        int limit = LookingRoutes.limit(query);
        ClientQuery asked = new ClientQuery(
                Optional.empty(),
                query.one("user"),
                query.one("channel").map(Names::looked),
                query.one("after").orElse(""),
                limit + 1);
        call.answerWhen(hub.presence().clients(asked), found -> page(found, limit));
    }

    private static Answer page(List<ClientInfo> found, int limit) {
        boolean isMore = found.size() > limit;
        List<ClientInfo> shown = isMore ? found.subList(0, limit) : found;
        String json = shown.stream().map(ClientRoutes::json).collect(Collectors.joining(",", "{\"clients\":[", "]"));
        String next = isMore
                ? ",\"next\":" + Json.quote(shown.get(limit - 1).listener().clientId())
                : "";
        return Answer.json(json + next + "}");
    }

    private static String json(ClientInfo client) {
        Listener listener = client.listener();
        return "{\"clientId\":" + Json.quote(listener.clientId())
                + listener.user().map(user -> ",\"user\":" + Json.quote(user)).orElse("")
                + ",\"channels\":"
                + listener.channels().entries().stream().map(Json::quote).collect(Collectors.joining(",", "[", "]"))
                + (client.protocol().isEmpty() ? "" : ",\"protocol\":" + Json.quote(client.protocol()))
                + ",\"connectedAt\":" + listener.connectedAtMillis() + ",\"position\":"
                + Json.quote(client.position().toString()) + ",\"lag\":" + client.lag() + ",\"bytes\":" + client.bytes()
                + ",\"drained\":" + client.isDrained() + ",\"wroteAt\":" + client.wroteAtMillis()
                + (client.node().isEmpty() ? "" : ",\"node\":" + Json.quote(client.node())) + "}";
    }

    /** {@code GET /clients/{clientId}/explain}. */
    void explain(HttpCall call) {
        String clientId = call.parameter();
        String event = call.query()
                .one("event")
                .orElseThrow(() -> Problem.badRequest("event is missing: give the id of the event"));
        Optional<Subscriber> here = hub.subscriber(clientId);
        if (here.isPresent()) {
            call.answerWhen(here.get().explain(event), found -> explained(found, event));
        } else {
            call.answerWhen(hub.presence().clients(ClientQuery.of(clientId)), ClientRoutes::elsewhere);
        }
    }

    private static Answer elsewhere(List<ClientInfo> found) {
        throw found.stream()
                .findFirst()
                .map(client -> Problem.of(421, "this stream is open on the node " + client.node() + ": ask that node")
                        .exception())
                .orElseGet(() -> Problem.notFound("no stream with this clientId is open:"
                        + " what streams were given that have ended is not kept"));
    }

    private static Answer explained(Explanation found, String id) {
        Explanation.Outcome outcome = found.outcome();
        return Answer.json("{\"outcome\":"
                + Json.quote(outcome.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                + ",\"reason\":" + Json.quote(found.reason())
                + ",\"matched\":" + orNull(outcome.matched())
                + ",\"authorised\":" + orNull(outcome.authorised())
                + ",\"written\":" + orNull(outcome.written())
                + ",\"writtenAfter\":" + orNull(found.writtenAfterMillis())
                + ",\"writtenBefore\":" + orNull(found.writtenBeforeMillis())
                + ",\"event\":"
                + found.event().map(ClientRoutes::json).orElseGet(() -> "{\"id\":" + Json.quote(id) + "}")
                + ",\"client\":" + json(found.client()) + "}");
    }

    private static String json(Event event) {
        return "{\"id\":" + Json.quote(event.position().toString())
                + ",\"channel\":"
                + (event.channel().equals(ChannelName.ALL)
                        ? "null"
                        : Json.quote(event.channel().value()))
                + (event.name().isEmpty() ? "" : ",\"event\":" + Json.quote(event.name()))
                + ",\"time\":" + event.timeMillis() + "}";
    }

    private static String orNull(Optional<?> value) {
        return value.map(String::valueOf).orElse("null");
    }
}
