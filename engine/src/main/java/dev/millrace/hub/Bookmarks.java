package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Position;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** How far each user's inboxes have been written to the user. Thread-safe; never blocks. */
public interface Bookmarks extends AutoCloseable {
    /** The inbox of a user; the user is empty where listening to the channel is what makes it one's own. */
    record Inbox(String user, ChannelName channel) {}

    /** How far it was written; empty where none of its user's streams is remembered. */
    CompletionStage<Optional<Position>> find(Inbox inbox);

    /**
     * The inbox has its first stream, which begins here. Completes when that outlives a crash, so that nothing after it is missed;
     * and also where it can't be kept at present.
     */
    default CompletionStage<@Nullable Void> begin(Inbox inbox, Position place) {
        move(inbox, place);
        return CompletableFuture.completedFuture(null);
    }

    /**
     * The inbox has a stream that comes with an id, and begins here. Where none is remembered, this is the {@linkplain #begin
     * beginning}: what the stream is not given before it breaks is then not missed by the next one, which may come without an id.
     * Completes as that does, and fails where it can't be known whether one is remembered.
     */
    default CompletionStage<@Nullable Void> beginUnlessKnown(Inbox inbox, Position place) {
        return find(inbox)
                .thenCompose(
                        found -> found.isPresent() ? CompletableFuture.completedFuture(null) : begin(inbox, place));
    }

    /** Everything up to here was written. Never moves a bookmark back. Called often: whoever stores it gathers. */
    void move(Inbox inbox, Position written);

    @Override
    void close();
}
