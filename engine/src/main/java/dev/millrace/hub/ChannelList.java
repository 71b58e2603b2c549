package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSummary;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** The channels of a hub: those with history, from the log, and those with listeners. */
final class ChannelList {
    private ChannelList() {}

    static CompletionStage<List<ChannelInfo>> of(Hub hub, String prefix, String after, int limit) {
        TreeMap<String, Optional<ChannelSummary>> found = new TreeMap<>();
        for (String name : hub.registry().demand().names()) {
            if (name.startsWith(prefix) && name.compareTo(after) > 0 && name.charAt(0) != '$') {
                found.put(name, Optional.empty());
            }
        }
        return hub.log().channels(prefix, after, limit).thenApply(kept -> {
            kept.forEach(summary -> found.put(summary.channel().value(), Optional.of(summary)));
            return found.entrySet().stream()
                    .limit(limit)
                    .map(entry -> info(hub, new ChannelName(entry.getKey()), entry.getValue()))
                    .toList();
        });
    }

    private static ChannelInfo info(Hub hub, ChannelName channel, Optional<ChannelSummary> kept) {
        return new ChannelInfo(channel, hub.recipients(channel), kept);
    }
}
