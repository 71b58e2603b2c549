package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gives publications their places, as rows of the open transaction. Not thread-safe. */
final class Placer {
    /** What became of one batch: its receipts, its events that are kept, and those that are not. */
    record Placed(List<Receipt> receipts, List<Placement> kept, List<Event> passing) {}

    /** Which event an idempotency key stands for. */
    private record Keyed(String fingerprint, Position position) {}

    private record Key(ChannelName channel, String value) {}

    private final Sql sql;
    private final ChannelRows channels;
    private final long keyWindowMillis;
    private Position last;

    /**
     * @param last the place of the newest event
     */
    Placer(Sql sql, ChannelRows channels, Position last, long keyWindowMillis) {
        this.sql = sql;
        this.channels = channels;
        this.last = last;
        this.keyWindowMillis = keyWindowMillis;
    }

    /** The place of the newest event, committed or not. */
    Position last() {
        return last;
    }

    /**
     * Places a batch.
     *
     * @param now the time of its events
     * @param age the time by which keys grow old
     * @throws KeyConflictException before anything of the batch is placed
     */
    Placed place(List<Publication> batch, long now, long age) throws SQLException {
        Map<Key, Keyed> keys = earlier(batch, age);
        Placed placed = new Placed(new ArrayList<>(batch.size()), new ArrayList<>(batch.size()), new ArrayList<>(0));
        for (Publication publication : batch) {
            Key key = new Key(publication.channel(), publication.key());
            Keyed known = keys.get(key);
            if (known != null && known.position().offset() > 0) {
                placed.receipts().add(new Receipt(known.position(), true));
            } else if (publication.isKept()) {
                Placement kept = next(publication, known, now, age);
                insert(kept);
                if (known != null) {
                    keys.put(key, new Keyed(known.fingerprint(), last));
                }
                placed.kept().add(kept);
                placed.receipts().add(new Receipt(last, false));
            } else {
                placed.passing().add(event(publication, last, now));
                placed.receipts().add(new Receipt(last, false));
            }
        }
        return placed;
    }

    private Placement next(Publication publication, @Nullable Keyed key, long now, long age) {
        Event event = event(publication, last.at(last.offset() + 1), now);
        return key == null
                ? Placement.withoutKey(event)
                : new Placement(event, publication.key(), key.fingerprint(), age);
    }

    private static Event event(Publication publication, Position place, long now) {
        return new Event(
                place, publication.channel(), publication.name(), publication.data(), now, publication.isKept());
    }

    /** Writes an event that has its place already. */
    void insert(Placement kept) throws SQLException {
        Event event = kept.event();
        ChannelRow channel = channels.of(event.channel());
        Row.insert(sql.prepare(Row.INSERT), event, channel.id, channel.last);
        channels.added(channel, event.offset());
        last = event.position();
        if (!kept.key().isEmpty()) {
            sql.update(
                    "INSERT OR REPLACE INTO publish_key VALUES (?, ?, ?, ?, ?)",
                    kept.id(),
                    event.channel().value(),
                    kept.key(),
                    kept.fingerprint(),
                    kept.ageMillis());
        }
    }

    /** The keys of a batch, with the places that they stand for; offset 0 for those that are new. Finds all conflicts. */
    private Map<Key, Keyed> earlier(List<Publication> batch, long age) throws SQLException {
        Map<Key, Keyed> keys = new HashMap<>(0);
        for (Publication publication : batch) {
            if (!publication.key().isEmpty()) {
                String fingerprint = publication.fingerprint();
                Key key = new Key(publication.channel(), publication.key());
                Keyed known = keys.get(key);
                if (known == null) {
                    known = find(key, age).orElse(new Keyed(fingerprint, last.at(0)));
                    keys.put(key, known);
                }
                if (!known.fingerprint().equals(fingerprint)) {
                    throw new KeyConflictException();
                }
            }
        }
        return keys;
    }

    private Optional<Keyed> find(Key key, long age) throws SQLException {
        try (ResultSet row = sql.query(
                "SELECT fingerprint, id FROM publish_key WHERE channel = ? AND value = ? AND time >= ?",
                key.channel().value(),
                key.value(),
                age - keyWindowMillis)) {
            return row.next() ? Optional.of(new Keyed(row.getString(1), last.at(row.getLong(2)))) : Optional.empty();
        }
    }
}
