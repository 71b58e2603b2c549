package dev.millrace.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Which entries of a channel set have lost events after a place. */
final class LossReport {
    /** A pattern with more channels concerned than this is reported as a whole. */
    private static final int MAX_CHANNELS_OF_A_PATTERN = 100;

    private LossReport() {}

    /** Each entry concerned with the offset through which it is lost; a set of {@code null} is every channel, as one entry. */
    static Map<String, Long> of(
            @Nullable ChannelSet set,
            long after,
            Map<ChannelName, ChannelHistory> channels,
            NavigableMap<String, ChannelHistory> byName,
            long forgottenThrough) {
        Map<String, Long> losses = new LinkedHashMap<>();
        if (set == null) {
            addPattern("", after, byName, forgottenThrough, losses);
            return losses;
        }
        if (set.hasBroadcasts()) {
            addName(ChannelName.ALL, after, channels, forgottenThrough, losses);
        }
        for (ChannelName name : set.names()) {
            addName(name, after, channels, forgottenThrough, losses);
        }
        for (String prefix : set.prefixes()) {
            addPattern(prefix, after, byName, forgottenThrough, losses);
        }
        return losses;
    }

    private static void addName(
            ChannelName name,
            long after,
            Map<ChannelName, ChannelHistory> channels,
            long forgottenThrough,
            Map<String, Long> to) {
        ChannelHistory channel = channels.get(name);
        long lost = channel == null ? forgottenThrough : channel.lostThrough;
        if (lost > after) {
            to.put(name.value(), lost);
        }
    }

    private static void addPattern(
            String prefix,
            long after,
            NavigableMap<String, ChannelHistory> byName,
            long forgottenThrough,
            Map<String, Long> to) {
        Map<String, Long> known = new LinkedHashMap<>();
        long lost = forgottenThrough;
        for (ChannelHistory channel : byName.tailMap(prefix, true).values()) {
            if (!channel.name.value().startsWith(prefix)) {
                break;
            }
            if (channel.lostThrough > after) {
                known.put(channel.name.value(), channel.lostThrough);
                lost = Math.max(lost, channel.lostThrough);
            }
        }
        if (forgottenThrough > after || known.size() > MAX_CHANNELS_OF_A_PATTERN) {
            to.put(prefix + "*", lost);
        } else {
            to.putAll(known);
        }
    }
}
