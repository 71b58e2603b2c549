package dev.millrace.http;

import dev.millrace.hub.LogPage;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/** A page of what is retained of one channel. */
final class HistoryPage {
    private static final long MAX_BYTES = 4 * 1024 * 1024;
    private static final Position NOWHERE = new Position(0, 0);

    private HistoryPage() {}

    /** The page after an event id, or from the oldest retained event on, as JSON. */
    static CompletionStage<String> read(
            EventLog log, ChannelName channel, Optional<String> after, int limit, Executor executor) {
        Start start = after.<Start>map(id -> new Start.After(Position.parse(id).orElse(NOWHERE)))
                .orElse(new Start.Earliest());
        ChannelSet channels = ChannelSet.of(channel.value()).withoutBroadcasts();
        return log.newest(channels)
                .thenCompose(newest ->
                        LogPage.read(log, new LogPage.Request(channels, start, newest, limit, MAX_BYTES), executor))
                .thenApply(HistoryPage::json);
    }

    private static String json(LogPage page) {
        return page.events().stream().map(HistoryPage::json).collect(Collectors.joining(",", "{\"events\":[", "]"))
                + ",\"gap\":" + page.isGap() + "}";
    }

    private static String json(Event event) {
        return "{\"id\":" + Json.quote(event.position().toString()) + ",\"channel\":"
                + Json.quote(event.channel().value())
                + (event.name().isEmpty() ? "" : ",\"event\":" + Json.quote(event.name()))
                + ",\"data\":" + Json.quote(event.data()) + ",\"time\":" + event.timeMillis() + "}";
    }
}
