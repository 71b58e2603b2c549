package dev.millrace.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of channel sets from a window: a few channels are merged, of many the order of all is read. Not thread-safe: its
 * window's lock is held.
 */
final class WindowReads {
    /** A set that matches more channels than this reads the order of all channels, and skips what is not its own. */
    private static final int MAX_MERGED = 128;

    private final Order order;
    private final Map<ChannelName, ChannelHistory> channels;
    private final NavigableMap<String, ChannelHistory> byName;

    /** On what a window has; it stays the window's. */
    WindowReads(Order order, Map<ChannelName, ChannelHistory> channels, NavigableMap<String, ChannelHistory> byName) {
        this.order = order;
        this.channels = channels;
        this.byName = byName;
    }

    /** The offset after which a reader stands who begins there; the last one where there is nothing for it. */
    long locate(ChannelSet set, Start start, long last) {
        int count = start instanceof Start.Newest newest ? newest.count() : Integer.MAX_VALUE;
        List<ChannelHistory> sources = sources(set);
        if (count == 0) {
            return last;
        }
        if (sources == null) {
            long place = last + 1;
            Event event = order.previous(place);
            for (int n = 0; event != null && n < count; event = order.previous(event.offset())) {
                if (set.contains(event.channel())) {
                    place = event.offset();
                    n++;
                }
            }
            return place - 1;
        }
        long[] offsets = sources.stream()
                .flatMapToLong(channel -> IntStream.range(Math.max(0, channel.size() - count), channel.size())
                        .mapToLong(i -> channel.get(i).offset()))
                .sorted()
                .toArray();
        return offsets.length == 0 ? last : offsets[Math.max(0, offsets.length - count)] - 1;
    }

    /** Adds the next events of a set to a list; returns the offset up to which there is nothing else. */
    long read(@Nullable ChannelSet set, long after, long end, int maxEvents, long maxBytes, List<? super Event> to) {
        List<ChannelHistory> sources = set == null ? null : sources(set);
        return sources == null
                ? scan(set, after, end, maxEvents, maxBytes, to)
                : merge(sources, after, end, maxEvents, maxBytes, to);
    }

    private long scan(
            @Nullable ChannelSet set, long after, long end, int maxEvents, long maxBytes, List<? super Event> to) {
        long bytes = 0;
        int found = 0;
        long reached = after;
        for (int steps = 0; steps < 16 * maxEvents; steps++) {
            Event event = order.next(reached);
            if (event == null || event.offset() > end) {
                return end;
            }
            if (set == null || set.contains(event.channel())) {
                bytes += event.footprint();
                if (found == maxEvents || (found > 0 && bytes > maxBytes)) {
                    return reached;
                }
                to.add(event);
                found++;
            }
            reached = event.offset();
        }
        return reached;
    }

    private long merge(
            List<ChannelHistory> sources, long after, long end, int maxEvents, long maxBytes, List<? super Event> to) {
        int[] next = new int[sources.size()];
        Arrays.setAll(next, i -> sources.get(i).indexAfter(after));
        long bytes = 0;
        long reached = after;
        for (int found = 0; ; found++) {
            int oldest = -1;
            @Nullable Event event = null;
            for (int i = 0; i < next.length; i++) {
                ChannelHistory source = sources.get(i);
                if (next[i] < source.size()
                        && (event == null || source.get(next[i]).offset() < event.offset())) {
                    event = source.get(next[i]);
                    oldest = i;
                }
            }
            if (event == null || event.offset() > end) {
                return end;
            }
            bytes += event.footprint();
            if (found == maxEvents || (found > 0 && bytes > maxBytes)) {
                return reached;
            }
            to.add(event);
            next[oldest]++;
            reached = event.offset();
        }
    }

    /** The channels of a set that are known; null where they are too many to be merged. */
    private @Nullable List<ChannelHistory> sources(ChannelSet set) {
        List<ChannelHistory> sources = new ArrayList<>();
        if (set.hasBroadcasts()) {
            addIfKnown(ChannelName.ALL, sources);
        }
        for (ChannelName name : set.names()) {
            addIfKnown(name, sources);
        }
        for (String prefix : set.prefixes()) {
            for (ChannelHistory channel : byName.tailMap(prefix, true).values()) {
                if (!channel.name.value().startsWith(prefix)) {
                    break;
                }
                if (!channel.name.isReserved()) {
                    sources.add(channel);
                }
                if (sources.size() > MAX_MERGED) {
                    return null;
                }
            }
        }
        return sources;
    }

    private void addIfKnown(ChannelName name, List<ChannelHistory> to) {
        ChannelHistory channel = channels.get(name);
        if (channel != null) {
            to.add(channel);
        }
    }
}
