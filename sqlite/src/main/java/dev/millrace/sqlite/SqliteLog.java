package dev.millrace.sqlite;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.LogFigures;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The log on disk, synced before it answers.
 *
 * <p>A data directory belongs to one log at a time. Its recent past is served from memory, what is older from an SQLite database,
 * on threads of its own. An id never names two events: a log that has lost what it acknowledged begins a new epoch.
 */
public final class SqliteLog implements EventLog {
    private static final System.Logger LOGGER = System.getLogger(SqliteLog.class.getName());

    private final DirectoryLock lock;
    private final Mark mark;
    private final Journal journal;
    private final EventWindow window;
    private final Readers readers;
    private final SqliteBookmarks bookmarks;
    private final SqliteArchive archive;
    private final Keeper keeper;
    private final Writer writer;
    private final Clock clock;
    private final Clock ages;

    private SqliteLog(
            DirectoryLock lock,
            Mark mark,
            Journal journal,
            Database database,
            Opened opened,
            SqliteSettings settings,
            Clock clock,
            Clock ages) {
        this.lock = lock;
        this.mark = mark;
        this.journal = journal;
        this.clock = clock;
        this.ages = ages;
        window = opened.window(settings.retention());
        Traffic traffic = new Traffic();
        readers = new Readers(database, new WarmUp(window.last()), traffic::isLive);
        bookmarks = new SqliteBookmarks(readers);
        Maintenance maintenance = new Maintenance(settings.diskBytes(), bookmarks, opened.maxLost());
        keeper = new Keeper(database, journal, mark, maintenance, settings.retention(), window.last(), clock, ages);
        writer = new Writer(keeper, mark, window, traffic);
        bookmarks.writeBy(writer::trim);
        archive = new SqliteArchive(readers, writer, keeper, maintenance, window);
        readers.start();
        writer.start();
    }

    /**
     * Opens the log of a data directory, which is made where it is not there.
     *
     * @throws DataDirectoryException if the directory can't be used, in one sentence for the operator
     */
    public static SqliteLog open(Path directory, SqliteSettings settings, Clock clock) {
        return open(directory, settings, clock, clock);
    }

    /**
     * The same with another clock by which events and keys grow old.
     *
     * @param ages such as a {@link dev.millrace.log.AgeClock}
     */
    public static SqliteLog open(Path directory, SqliteSettings settings, Clock clock, Clock ages) {
        DirectoryLock lock = DirectoryLock.acquire(directory);
        try {
            Database database = new Database(directory, settings.diskBytes());
            Opened opened =
                    Opened.read(directory, database, settings.retention().eventsPerChannel(), clock);
            Journal journal = Journal.begin(directory); // what was in it is in the database by now
            return new SqliteLog(lock, Mark.open(directory), journal, database, opened, settings, clock, ages);
        } catch (IOException e) {
            lock.close();
            throw new DataDirectoryException(
                    "the data directory " + directory + " can't be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** The bookmarks in the same database; closed with this log. */
    public SqliteBookmarks bookmarks() {
        return bookmarks;
    }

    @Override
    public CompletionStage<List<Receipt>> append(List<Publication> publications) {
        for (Publication publication : publications) {
            if (publication.isKept()) {
                return writer.append(publications);
            }
        }
        return CompletableFuture.completedFuture(pass(publications));
    }

    /** Hands events that are not kept to the follower: they need not wait for the disk. */
    private List<Receipt> pass(List<Publication> publications) {
        Position place = window.last();
        List<Receipt> receipts = new ArrayList<>(publications.size());
        Follower follower = writer.follower();
        for (Publication publication : publications) {
            if (follower != null) {
                follower.passing(new Event(
                        place, publication.channel(), publication.name(), publication.data(), clock.millis(), false));
            }
            receipts.add(new Receipt(place, false));
        }
        return receipts;
    }

    @Override
    public Position last() {
        return window.last();
    }

    @Override
    public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
        return window.open(channels, start, Optional.of(archive), ready);
    }

    @Override
    public Cursor tail(Position after) {
        return window.tail(after);
    }

    @Override
    public void follow(Follower follower) {
        writer.follow(follower);
    }

    @Override
    public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        SummaryQuery query = new SummaryQuery(prefix, after, limit, window.last());
        return writer.settled().thenCompose(settled -> readers.read(query));
    }

    @Override
    public void trim() {
        window.trim(ages.millis());
        writer.trim();
    }

    @Override
    public LogFigures figures() {
        return writer.figures();
    }

    /** Keeps by another rule from now on. */
    public void retention(Retention retention) {
        window.retention(retention);
        keeper.retention(retention);
        writer.trim();
    }

    /** Writes what was handed in, and gives the directory back. */
    @Override
    public void close() {
        readers.close();
        writer.close();
        for (Closeable file : List.of(mark, journal)) {
            try {
                file.close();
            } catch (IOException e) {
                LOGGER.log(Level.WARNING, "closing " + file, e);
            }
        }
        lock.close();
    }
}
