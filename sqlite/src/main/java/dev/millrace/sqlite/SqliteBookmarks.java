package dev.millrace.sqlite;

import dev.millrace.hub.Bookmarks;
import dev.millrace.log.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Bookmarks in the database of a {@link SqliteLog}, which closes them.
 *
 * <p>Moves are gathered in memory and written about once a second: a process that is killed has forgotten the last of them, so
 * that some events come again. The first bookmark of an inbox is written before its stream begins, so none are missing.
 */
public final class SqliteBookmarks implements Bookmarks {
    private static final int STEP = 1000;
    private static final Position NOWHERE = new Position(0, 0);
    private static final int MAX_KEPT = 1_000_000;
    private static final int MAX_MOVED = 200_000; // only while the disk can't be written are there as many

    private final Readers readers;
    private final Map<Inbox, Position> moved = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Inbox, Position> eldest) {
            return size() > MAX_MOVED;
        }
    };

    private final Set<Inbox> begun = new LinkedHashSet<>(); // these go first; guarded as the moves are
    private volatile Supplier<CompletionStage<@Nullable Void>> soon = () -> CompletableFuture.completedFuture(null);

    // on the writer's thread only
    private List<Map.Entry<Inbox, Position>> writing = List.of();
    private int writtenSinceCount;

    SqliteBookmarks(Readers readers) {
        this.readers = readers;
    }

    /** What is called to have bookmarks written soon; its answer completes when that was done, or has failed. */
    void writeBy(Supplier<CompletionStage<@Nullable Void>> askToWrite) {
        soon = askToWrite;
    }

    @Override
    public CompletionStage<Optional<Position>> find(Inbox inbox) {
        synchronized (moved) {
            Position place = moved.get(inbox);
            if (place != null) {
                return CompletableFuture.completedFuture(Optional.of(place));
            }
        }
        return readers.read(reader -> {
            try (ResultSet row = reader.query(
                    "SELECT epoch, \"offset\" FROM bookmark WHERE user = ? AND channel = ?",
                    inbox.user(),
                    inbox.channel().value())) {
                return row.next() ? Optional.of(new Position(row.getLong(1), row.getLong(2))) : Optional.empty();
            }
        });
    }

    @Override
    public CompletionStage<@Nullable Void> begin(Inbox inbox, Position place) {
        synchronized (moved) {
            begun.add(inbox);
            move(inbox, place);
        }
        return soon.get();
    }

    @Override
    public void move(Inbox inbox, Position written) {
        synchronized (moved) {
            moved.merge(inbox, written, (old, now) -> old.isBefore(now) ? now : old);
        }
    }

    /** Writes some of the moves, as a part of the open transaction; answers whether there are more. */
    boolean write(Sql sql, long now) throws SQLException {
        boolean isMore;
        synchronized (moved) {
            writing = new ArrayList<>(Math.min(STEP, moved.size()));
            begun.retainAll(moved.keySet());
            for (Inbox inbox : begun) {
                writing.add(Map.entry(inbox, moved.getOrDefault(inbox, NOWHERE)));
            }
            for (Map.Entry<Inbox, Position> entry : moved.entrySet()) {
                if (writing.size() >= STEP) {
                    break;
                }
                if (!begun.contains(entry.getKey())) {
                    writing.add(Map.entry(entry.getKey(), entry.getValue()));
                }
            }
            isMore = moved.size() > writing.size();
        }
        for (Map.Entry<Inbox, Position> move : writing) {
            sql.update(
                    "INSERT INTO bookmark VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (user, channel) DO UPDATE"
                            + " SET epoch = ?3, \"offset\" = ?4, time = ?5"
                            + " WHERE (epoch, \"offset\") < (?3, ?4)",
                    move.getKey().user(),
                    move.getKey().channel().value(),
                    move.getValue().epoch(),
                    move.getValue().offset(),
                    now);
        }
        forgetOldest(sql);
        return isMore;
    }

    private void forgetOldest(Sql sql) throws SQLException {
        writtenSinceCount += writing.size();
        if (writtenSinceCount >= MAX_KEPT / 100) {
            writtenSinceCount = 0;
            long excess = sql.number("SELECT count(*) FROM bookmark", 0) - MAX_KEPT;
            if (excess > 0) {
                sql.update(
                        "DELETE FROM bookmark WHERE (user, channel) IN"
                                + " (SELECT user, channel FROM bookmark ORDER BY time LIMIT ?)",
                        excess);
            }
        }
    }

    /** What the last call wrote is committed. */
    void written() {
        synchronized (moved) {
            for (Map.Entry<Inbox, Position> move : writing) {
                moved.remove(move.getKey(), move.getValue());
                begun.remove(move.getKey());
            }
        }
        writing = List.of();
    }

    @Override
    public void close() {}
}
