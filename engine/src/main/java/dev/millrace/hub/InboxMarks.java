package dev.millrace.hub;

import dev.millrace.log.Position;
import java.util.List;

/**
 * How far one stream's inboxes have been given to its sink, and from there to the peer. Not thread-safe.
 *
 * <p>A bookmark moves only when all that was given has left: so an announced gap, too, is announced again if it got lost.
 */
final class InboxMarks {
    private final Bookmarks bookmarks;
    private final List<Bookmarks.Inbox> inboxes;
    private Position given;
    private Position written = new Position(0, 0);

    InboxMarks(Bookmarks bookmarks, List<Bookmarks.Inbox> inboxes, Position start) {
        this.bookmarks = bookmarks;
        this.inboxes = inboxes;
        this.given = start;
    }

    /** The sink has taken everything up to here. */
    void given(Position through) {
        given = through;
    }

    /** All that the sink took has left. */
    void written() {
        if (written.isBefore(given)) {
            written = given;
            inboxes.forEach(inbox -> bookmarks.move(inbox, written));
        }
    }
}
