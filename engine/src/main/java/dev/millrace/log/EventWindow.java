package dev.millrace.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a log, in memory: the order over all channels, and each channel's own; bounded by a {@link Retention}.
 *
 * <p>It is all that {@link MemoryLog} has, and what a log with an {@link Archive} serves the recent past from. Thread-safe: one
 * lock, held for a bounded number of steps.
 *
 * <p>What is dropped leaves a mark: each channel knows the offset through which it is lost, also when none of its events is
 * left. When such empty channels take too much of the memory, the longest empty are forgotten, and readers from before
 * {@code forgottenThrough} are told of a gap on any channel that they ask for and that is not known.
 */
public final class EventWindow {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ChannelName, ChannelHistory> channels = new HashMap<>();
    private final NavigableMap<String, ChannelHistory> byName = new TreeMap<>();
    private final Set<ChannelHistory> emptied = new LinkedHashSet<>(); // the longest empty first
    private final Order order = new Order();
    private final WindowReads reads = new WindowReads(order, channels, byName);
    private Retention retention;
    private long epoch;
    private long last;
    private long eventBytes;
    private long channelBytes;
    private long emptyBytes;
    private long forgottenThrough;
    private long losses; // how often something was dropped
    private long maxLost; // the greatest offset of all that was
    private Map<Long, Long> forks = Map.of();

    /** An empty window of a life of a log, which has reached this place. */
    public EventWindow(Position last, Retention retention) {
        this.epoch = last.epoch();
        this.last = last.offset();
        this.retention = retention;
        this.forgottenThrough = this.last;
        this.maxLost = this.last;
    }

    /** Begins another life of the log: forgets all events. */
    public void restart(Position place) {
        restart(place, Map.of());
    }

    /**
     * Begins another life of the log, which keeps the beginning of earlier ones: forgets all events of the window.
     *
     * <p>A reader from such a life is told of its gap and goes on where the lives part, or where it stood before that.
     *
     * @param sharedThrough for each epoch whose beginning is kept, the offset through which it is
     */
    public void restart(Position place, Map<Long, Long> sharedThrough) {
        lock.lock();
        try {
            forks = Map.copyOf(sharedThrough);
            channels.clear();
            byName.clear();
            emptied.clear();
            order.clear();
            epoch = place.epoch();
            last = place.offset();
            forgottenThrough = last;
            maxLost = last;
            eventBytes = channelBytes = emptyBytes = 0;
            losses++;
        } finally {
            lock.unlock();
        }
    }

    /** Adds events, whose offsets must grow, and drops what the retention by count and bytes no longer keeps. */
    public void add(List<Event> events) {
        lock.lock();
        try {
            for (Event event : events) {
                add(event);
            }
        } finally {
            lock.unlock();
        }
    }

    private void add(Event event) {
        if (event.offset() <= last || event.position().epoch() != epoch) {
            throw new IllegalArgumentException("event " + event.position() + " does not follow " + epoch + "-" + last);
        }
        ChannelHistory channel = channels.get(event.channel());
        if (channel == null) {
            channel = new ChannelHistory(event.channel(), forgottenThrough);
            channels.put(channel.name, channel);
            byName.put(channel.name.value(), channel);
            channelBytes += channel.overhead();
        } else if (channel.size() == 0) {
            emptied.remove(channel);
            emptyBytes -= channel.overhead();
        }
        channelBytes -= channel.overhead();
        channel.add(event);
        channelBytes += channel.overhead();
        order.add(event);
        last = event.offset();
        eventBytes += event.footprint();
        if (channel.size() > retention.eventsPerChannel()) {
            drop(channel);
        }
        trimBytes();
    }

    private void drop(ChannelHistory channel) {
        channelBytes -= channel.overhead();
        Event dropped = channel.removeFirst();
        channelBytes += channel.overhead();
        order.remove(dropped.offset());
        eventBytes -= dropped.footprint();
        losses++;
        maxLost = Math.max(maxLost, dropped.offset());
        if (channel.size() == 0) {
            emptied.add(channel);
            emptyBytes += channel.overhead();
        }
    }

    private void trimBytes() {
        while (eventBytes + channelBytes + order.overhead() > retention.bytes()) {
            Event oldest = order.first();
            boolean onlyNewest = oldest == null || oldest.offset() == last;
            if (!emptied.isEmpty() && (onlyNewest || emptyBytes > retention.bytes() / 4)) {
                forget(emptied.iterator().next());
            } else if (oldest != null && !onlyNewest) {
                drop(channel(oldest));
            } else {
                return; // the newest event stays, however large
            }
        }
    }

    private void forget(ChannelHistory channel) {
        emptied.remove(channel);
        channels.remove(channel.name);
        byName.remove(channel.name.value());
        channelBytes -= channel.overhead();
        emptyBytes -= channel.overhead();
        forgottenThrough = Math.max(forgottenThrough, channel.lostThrough);
    }

    private ChannelHistory channel(Event event) {
        ChannelHistory channel = channels.get(event.channel());
        if (channel == null) {
            throw new IllegalStateException("no channel for " + event.position());
        }
        return channel;
    }

    /** An event that comes next, and that the window does not get: its readers look for it in the archive. */
    public void skip(ChannelName name, long offset) {
        lock.lock();
        try {
            if (offset <= last) {
                throw new IllegalArgumentException("offset " + offset + " does not follow " + epoch + "-" + last);
            }
            ChannelHistory channel = channels.get(name);
            if (channel == null) {
                forgottenThrough = offset;
            } else {
                channel.lostThrough = offset;
            }
            last = offset;
            losses++;
            maxLost = offset;
        } finally {
            lock.unlock();
        }
    }

    /** Drops the events that are older than the retention allows at this time, in milliseconds since 1970. */
    public void trim(long nowMillis) {
        long oldestMillis = nowMillis - retention.age().toMillis();
        boolean more = true;
        while (more) {
            lock.lock();
            try {
                more = trimSome(oldestMillis);
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean trimSome(long oldestMillis) {
        for (int i = 0; i < 1000; i++) {
            Event oldest = order.first();
            if (oldest == null || oldest.timeMillis() >= oldestMillis) {
                return false;
            }
            drop(channel(oldest));
        }
        return true;
    }

    /** Keeps by another rule from now on. */
    public void retention(Retention newRetention) {
        lock.lock();
        try {
            retention = newRetention;
            for (ChannelHistory channel : channels.values()) {
                while (channel.size() > retention.eventsPerChannel()) {
                    drop(channel);
                }
            }
            trimBytes();
        } finally {
            lock.unlock();
        }
    }

    /** The place of the newest event. */
    public Position last() {
        lock.lock();
        try {
            return new Position(epoch, last);
        } finally {
            lock.unlock();
        }
    }

    /** About how much memory it takes, in bytes. */
    public long bytes() {
        lock.lock();
        try {
            return eventBytes + channelBytes + order.overhead();
        } finally {
            lock.unlock();
        }
    }

    /** What it holds of the channels whose names begin with the prefix and sort after {@code after}. */
    public List<ChannelSummary> channels(String prefix, String after, int limit) {
        lock.lock();
        try {
            List<ChannelSummary> found = new ArrayList<>();
            String from = after.compareTo(prefix) > 0 ? after : prefix;
            for (ChannelHistory channel :
                    byName.tailMap(from, !from.equals(after)).values()) {
                if (found.size() == limit || !channel.name.value().startsWith(prefix)) {
                    break;
                }
                if (channel.size() > 0 && channel.name.isListed(prefix)) {
                    found.add(channel.summary());
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A cursor on this window.
     *
     * @param archive where the events are that the window no longer holds; empty where they are gone
     */
    public CompletionStage<Cursor> open(ChannelSet set, Start start, Optional<Archive> archive, Runnable ready) {
        lock.lock();
        try {
            @Nullable Archive older = archive.orElse(null);
            if (start instanceof Start.After after) {
                return cursor(set, after.position(), older, ready, false);
            }
            if (start instanceof Start.Latest) {
                return cursor(set, new Position(epoch, last), older, ready, false);
            }
            if (older != null && !losses(set, 0).isEmpty()) {
                return older.locate(set, start)
                        .thenApply(place -> new WindowCursor(this, set, place, older, ready, true));
            }
            return cursor(set, new Position(epoch, reads.locate(set, start, last)), older, ready, true);
        } finally {
            lock.unlock();
        }
    }

    private CompletionStage<Cursor> cursor(
            ChannelSet set, Position after, @Nullable Archive archive, Runnable ready, boolean forgiving) {
        return CompletableFuture.completedFuture(new WindowCursor(this, set, after, archive, ready, forgiving));
    }

    /** A cursor on all channels, the hub's own included; it never loads. */
    public Cursor tail(Position after) {
        return new WindowCursor(this, null, after, null, () -> {}, false);
    }

    // ---- what a cursor asks for, holding the lock ----

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    long epoch() {
        return epoch;
    }

    long lastOffset() {
        return last;
    }

    /** The offset through which an earlier epoch's events are this life's too; 0 where nothing is known of it. */
    long sharedThrough(long otherEpoch) {
        return forks.getOrDefault(otherEpoch, 0L);
    }

    /** Grows whenever something is dropped. */
    long lossCount() {
        return losses;
    }

    /** The entries of a set of which events after this offset were dropped, each with the offset through which they were. */
    Map<String, Long> losses(@Nullable ChannelSet set, long after) {
        if (after >= maxLost) {
            return Map.of();
        }
        return LossReport.of(set, after, channels, byName, forgottenThrough);
    }

    /** Adds the next events of a set to a list; returns the offset up to which there is nothing else. */
    long read(@Nullable ChannelSet set, long after, long end, int maxEvents, long maxBytes, List<? super Event> to) {
        return reads.read(set, after, end, maxEvents, maxBytes, to);
    }
}
