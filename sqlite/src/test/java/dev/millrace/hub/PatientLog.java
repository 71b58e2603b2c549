package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import dev.millrace.sqlite.SqliteLog;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A log on disk whose callers wait for it, and that calls its follower on their thread: so that a run can be repeated. */
final class PatientLog implements EventLog {
    private final SqliteLog log;
    private final Semaphore appended = new Semaphore(0);
    private @Nullable Follower follower;

    PatientLog(SqliteLog log) {
        this.log = log;
        log.follow(new Follower() {
            @Override
            public void appended() {
                appended.release();
            }

            @Override
            public void passing(Event event) {
                Follower toTell = follower;
                if (toTell != null) {
                    toTell.passing(event); // before appended, on the writer's thread, while append waits
                }
            }
        });
    }

    @Override
    public CompletionStage<List<Receipt>> append(List<Publication> publications) {
        List<Receipt> receipts = log.append(publications).toCompletableFuture().join();
        boolean hasGrown = false;
        for (int i = 0; i < receipts.size(); i++) {
            hasGrown |= publications.get(i).isKept() && !receipts.get(i).isRepeat();
        }
        if (hasGrown) {
            await(appended);
            if (follower != null) {
                follower.appended();
            }
        }
        return CompletableFuture.completedFuture(receipts);
    }

    private static void await(Semaphore event) {
        try {
            if (!event.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new AssertionError("it never came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Position last() {
        return log.last();
    }

    @Override
    public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
        Semaphore loaded = new Semaphore(0);
        Cursor cursor =
                log.open(channels, start, loaded::release).toCompletableFuture().join();
        return CompletableFuture.completedFuture(new PatientCursor(cursor, loaded));
    }

    private record PatientCursor(Cursor cursor, Semaphore loaded) implements Cursor {
        @Override
        public State poll(Position until, int maxEvents, long maxBytes, List<? super Event> to) {
            int before = to.size();
            while (true) {
                State state = cursor.poll(until, maxEvents, maxBytes, to);
                if (state == State.LOADING) {
                    await(loaded);
                } else if (state == State.IDLE || to.size() > before) {
                    return state;
                }
            }
        }

        @Override
        public Position position() {
            return cursor.position();
        }

        @Override
        public List<Gap> takeGaps() {
            return cursor.takeGaps();
        }

        @Override
        public void channels(ChannelSet channels) {
            cursor.channels(channels);
        }
    }

    @Override
    public Cursor tail(Position after) {
        return log.tail(after);
    }

    @Override
    public void follow(Follower newFollower) {
        follower = newFollower;
    }

    @Override
    public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        return CompletableFuture.completedFuture(
                log.channels(prefix, after, limit).toCompletableFuture().join());
    }

    @Override
    public void trim() {
        log.trim();
        channels("", "", 1); // waits for it
    }

    void retention(Retention retention) {
        log.retention(retention);
        channels("", "", 1);
    }

    @Override
    public void close() {
        log.close();
    }
}
