package dev.millrace.log;

import java.util.ArrayList;
import java.util.Collection;
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
 *
 * <p>A window may be given the events of some channels only: then all others are lost to it, up to its last place.
 */
public final class EventWindow {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<ChannelName, ChannelHistory> channels = new HashMap<>();
    private final NavigableMap<String, ChannelHistory> byName = new TreeMap<>();
    private final Set<ChannelHistory> emptied = new LinkedHashSet<>(); // the longest empty first
    private final Order order = new Order();
    private final Heard heard = new Heard();
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
            heard.restart();
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

    /** Hears from now on only these channels, and the hub's own; what it has of others is dropped. */
    public void leaveAll(Set<ChannelName> but) {
        lock.lock();
        try {
            heard.leaveAll(but);
            List.copyOf(channels.values()).forEach(this::dropUnheard);
        } finally {
            lock.unlock();
        }
    }

    /** Hears all channels from its last place on. */
    public void joinAll() {
        lock.lock();
        try {
            heard.joinAll(last);
        } finally {
            lock.unlock();
        }
    }

    /** Hears these channels, too, from its last place on; those that it heard before, as before. */
    public void join(Collection<ChannelName> names) {
        lock.lock();
        try {
            heard.join(names, last);
        } finally {
            lock.unlock();
        }
    }

    /** Hears these channels no more, unless it hears all. */
    public void leave(Collection<ChannelName> names) {
        lock.lock();
        try {
            heard.leave(names);
            for (ChannelName name : names) {
                ChannelHistory channel = channels.get(name);
                if (channel != null) {
                    dropUnheard(channel);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void dropUnheard(ChannelHistory channel) {
        if (heard.hears(channel.name)) {
            return;
        }
        while (channel.size() > 0) {
            drop(channel);
        }
        forget(channel);
    }

    /** Whether it hears all events of these channels after this place. */
    public boolean hears(ChannelSet set, Position after) {
        lock.lock();
        try {
            return after.epoch() == epoch && heard.hears(set, after.offset());
        } finally {
            lock.unlock();
        }
    }

    /**
     * An event of a channel follows another one of it, which should have come, too: where neither that one nor the loss of it is known,
     * what the window lacks is lost to it from now on.
     *
     * @return what is lost; empty where all is well, or the channel is not heard
     */
    public Optional<Gap> follow(ChannelName name, long previous) {
        lock.lock();
        try {
            ChannelHistory channel = channels.get(name);
            long known = Math.max(heard.since(name), channel == null ? forgottenThrough : channel.newestOffset());
            if (previous <= known || previous > last) {
                return Optional.empty();
            }
            lose(name, previous);
            return Optional.of(new Gap(
                    Optional.of(name.value()), Optional.of(new Position(epoch, known)), new Position(epoch, previous)));
        } finally {
            lock.unlock();
        }
    }

    /** The order has come to this place, with nothing that it hears in between. */
    public void reach(Position place) {
        lock.lock();
        try {
            if (place.epoch() == epoch) {
                last = Math.max(last, place.offset());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds events, whose offsets must grow, and drops what the retention by count and bytes no longer keeps; passes over the unheard. */
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
        if (!heard.hears(event.channel())) {
            last = event.offset();
            return;
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
                ChannelHistory longest = emptied.iterator().next();
                forget(longest);
                forgottenThrough = Math.max(forgottenThrough, longest.lostThrough);
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
            last = offset;
            if (heard.hears(name)) {
                lose(name, offset);
            }
        } finally {
            lock.unlock();
        }
    }

    private void lose(ChannelName name, long offset) {
        ChannelHistory channel = channels.get(name);
        if (channel == null) {
            forgottenThrough = Math.max(forgottenThrough, offset);
        } else {
            channel.lostThrough = offset;
        }
        losses++;
        maxLost = Math.max(maxLost, offset);
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
        if (after >= maxLost && heard.hears(set, after)) {
            return Map.of();
        }
        Map<String, Long> lost = LossReport.of(set, after, channels, byName, forgottenThrough);
        if (set != null) {
            heard.addUnheard(set, after, last, lost);
        }
        return lost;
    }

    /** Whether all that comes after an offset, and not only what is in it now, is there unless it was dropped. */
    boolean hears(@Nullable ChannelSet set, long after) {
        return heard.hears(set, after);
    }

    /** Adds the next events of a set to a list; returns the offset up to which there is nothing else. */
    long read(@Nullable ChannelSet set, long after, long end, int maxEvents, long maxBytes, List<? super Event> to) {
        return reads.read(set, after, end, maxEvents, maxBytes, to);
    }
}
