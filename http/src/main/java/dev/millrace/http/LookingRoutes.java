package dev.millrace.http;

import dev.millrace.hub.ChannelInfo;
import dev.millrace.hub.Cluster;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Statistics;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSummary;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Looking: figures, channels, who listens, and what is retained. */
public final class LookingRoutes {
    private static final int PAGE = 100;
    private static final int MAX_PAGE = 1000;

    private final Hub hub;

    /** Looks at this hub. */
    public LookingRoutes(Hub hub) {
        this.hub = hub;
    }

    /** {@code GET /stats}. */
    public void stats(HttpCall call) {
        CompletionStage<Optional<Cluster>> cluster =
                hub.cluster().handle((found, failure) -> Optional.ofNullable(found)); // the rest is known all the same
        call.answerWhen(cluster, all -> stats(hub.statistics(), all));
    }

    private static Answer stats(Statistics now, Optional<Cluster> cluster) {
        String all = cluster.map(found -> ",\"cluster\":{\"nodes\":" + found.nodes() + ",\"totalConnections\":"
                        + found.connections() + ",\"published\":" + found.published() + ",\"delivered\":"
                        + found.delivered() + "}")
                .orElse("");
        return Answer.json("{\"totalConnections\":" + now.connections() + ",\"maxConnections\":"
                + now.maxConnections() + ",\"averageAge\":" + now.averageAgeMillis() + ",\"channels\":"
                + now.listenedChannels() + ",\"published\":" + now.published() + ",\"delivered\":" + now.delivered()
                + ",\"dropped\":" + now.dropped() + ",\"gaps\":" + now.gaps() + ",\"lagging\":" + now.lagging()
                + ",\"uptime\":" + now.uptimeMillis() + all + "}");
    }

    /** {@code GET /channels}. */
    public void channels(HttpCall call) {
        Query query = call.query();
        int limit = limit(query);
        String prefix = query.one("prefix").orElse("");
        call.answerWhen(hub.channels(prefix, query.one("after").orElse(""), limit + 1), found -> page(found, limit));
    }

    private static Answer page(List<ChannelInfo> found, int limit) {
        boolean isMore = found.size() > limit;
        List<ChannelInfo> shown = isMore ? found.subList(0, limit) : found;
        String json = shown.stream().map(LookingRoutes::json).collect(Collectors.joining(",", "{\"channels\":[", "]"));
        String next = isMore
                ? ",\"next\":" + Json.quote(shown.get(limit - 1).channel().value())
                : "";
        return Answer.json(json + next + "}");
    }

    /** {@code GET /channels/{channel}}. */
    public void channel(HttpCall call) {
        ChannelName channel = Names.looked(call.parameter());
        call.answerWhen(
                hub.channels(channel.value(), "", 1),
                found -> Answer.json(found.stream()
                        .filter(info -> info.channel().equals(channel))
                        .findFirst()
                        .map(LookingRoutes::json)
                        .orElseGet(() -> json(new ChannelInfo(channel, hub.recipients(channel), Optional.empty())))));
    }

    private static String json(ChannelInfo info) {
        Optional<ChannelSummary> kept = info.kept();
        return "{\"channel\":" + Json.quote(info.channel().value()) + ",\"subscribers\":" + info.subscribers()
                + ",\"retained\":" + kept.map(ChannelSummary::retained).orElse(0L)
                + ",\"firstId\":" + Json.quoteOrNull(kept.map(ChannelSummary::first))
                + ",\"lastId\":" + Json.quoteOrNull(kept.map(ChannelSummary::last)) + "}";
    }

    /** {@code GET /channels/{channel}/subscribers}. */
    public void subscribers(HttpCall call) {
        ChannelName channel = Names.looked(call.parameter());
        int limit = limit(call.query());
        call.answerWhen(
                hub.presence().of(channel, limit),
                listeners -> Answer.json(listeners.stream()
                        .map(LookingRoutes::json)
                        .collect(Collectors.joining(",", "{\"subscribers\":[", "]}"))));
    }

    private static String json(Listener listener) {
        return "{\"clientId\":" + Json.quote(listener.clientId())
                + listener.user().map(user -> ",\"user\":" + Json.quote(user)).orElse("")
                + ",\"connectedAt\":" + listener.connectedAtMillis() + "}";
    }

    /** {@code GET /channels/{channel}/history}. */
    public void history(HttpCall call) {
        ChannelName channel = Names.looked(call.parameter());
        Query query = call.query();
        call.answerWhen(
                HistoryPage.read(hub.log(), channel, query.one("after"), limit(query), call.executor()), Answer::json);
    }

    static int limit(Query query) {
        return Math.max(1, query.number("limit", MAX_PAGE).orElse(PAGE));
    }
}
