package dev.millrace.http;

import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A request for a stream.
 *
 * @param subscription what it listens to, and from where on
 * @param isEnveloped whether it wants data in envelopes
 * @param isEventHeartbeat whether it wants heartbeats as events
 */
public record ListenRequest(Subscription subscription, boolean isEnveloped, boolean isEventHeartbeat) {
    /** The type of a stream. */
    public static final String TYPE = "text/event-stream";

    /** What stands at the head of every stream, so that nothing between it and its reader keeps or changes it. */
    public static final List<Header> HEADERS = List.of(
            new Header("Content-Type", TYPE + ";charset=utf-8"),
            new Header("Cache-Control", "no-cache, no-store, no-transform"),
            new Header("X-Accel-Buffering", "no"));

    /**
     * What a call asks for; refuses what the caller may not listen to.
     *
     * @param inPath the channel in the path, where there is one
     * @param accept what content types the client takes
     */
    public static ListenRequest of(HttpCall call, Optional<String> inPath, Accept accept, boolean hasSystemMetrics) {
        if (!accept.allows(TYPE)) {
            throw Problem.of(406, "this address answers with " + TYPE + ": accept it")
                    .exception();
        }
        Query query = call.query();
        ChannelSet channels = channels(inPath, query, hasSystemMetrics);
        OptionalInt history =
                query.number("history", 1_000_000_000).map(OptionalInt::of).orElse(OptionalInt.empty());
        Optional<String> lastEventId = call.header("Last-Event-ID").or(() -> query.one("lastEventId"));
        Caller caller = call.caller();
        Subscription subscription = new Subscription(
                channels, lastEventId, history, query.one("clientId"), caller.subject(), caller.expiry());
        requireGranted(caller, channels);
        return new ListenRequest(subscription, query.flag("envelope", false), isEventHeartbeat(query));
    }

    private static ChannelSet channels(Optional<String> inPath, Query query, boolean hasSystemMetrics) {
        List<String> entries = new ArrayList<>();
        inPath.ifPresent(entries::add);
        entries.addAll(query.all("channel"));
        for (String list : query.all("channels")) {
            for (String entry : list.split(",", -1)) {
                if (!entry.isEmpty()) {
                    entries.add(entry);
                }
            }
        }
        entries.forEach(entry -> Names.listened(entry, hasSystemMetrics));
        return ChannelSet.of(entries);
    }

    private static void requireGranted(Caller caller, ChannelSet channels) {
        for (String entry : channels.entries()) {
            if (!caller.maySubscribe(entry)) {
                throw Problem.forbidden("the token does not grant to listen to " + entry);
            }
        }
    }

    private static boolean isEventHeartbeat(Query query) {
        Optional<String> heartbeat = query.one("heartbeat");
        if (heartbeat.isPresent() && !heartbeat.get().equals("event")) {
            throw Problem.badRequest("heartbeat may be event only");
        }
        return heartbeat.isPresent();
    }

    /**
     * The answer to a request for which there is no room. An EventSource never comes back from an error status; so it is told to in
     * a stream that ends at once.
     */
    public static Answer refusal(int status, Notice.Reason reason, String detail, Accept accept, Retry retry) {
        return accept.names(TYPE)
                ? new Answer(200, "", Notices.closing(reason, retry), HEADERS)
                : Problem.of(status, detail, retry.after()).answer();
    }
}
