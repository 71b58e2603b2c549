package dev.millrace.hub;

import dev.millrace.log.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The way from one subscriber to its sink: what the hub says and what the log holds, in the order in which it has to stand. On the
 * loop only.
 *
 * <p>While the sink takes nothing, words wait in a small mailbox, and events wait where they are.
 */
final class Outlet {
    private static final int MAILBOX_SIZE = 128;

    /** What became of a word. */
    enum Told {
        SAID,
        /** It is in the mailbox. */
        WAITS,
        /** The mailbox is full: it is lost. */
        FULL
    }

    private final EventSink<Object> sink;
    private final Deadlines deadlines;
    private @Nullable Deque<Notice> mailbox;
    private @Nullable InboxMarks inboxes;

    @SuppressWarnings("unchecked") // its group gives a sink only what the sink's own form has encoded
    Outlet(EventSink<?> sink, Deadlines deadlines) {
        this.sink = (EventSink<Object>) sink;
        this.deadlines = deadlines;
    }

    EventSink<Object> sink() {
        return sink;
    }

    /** Whether it takes events now: nothing stands before them, and the sink has room. */
    boolean canTake() {
        return mailbox == null && sink.isWritable();
    }

    /** Writes events, the last of which has this place; throws what the sink throws. */
    void write(Object batch, Position through, long nowMillis) {
        markInboxes(); // what was given before may have left by now; after this there is something new to leave
        sink.write(batch);
        sink.flush();
        deadlines.active(nowMillis);
        if (inboxes != null) {
            inboxes.given(through);
            markInboxes();
        }
    }

    /** Says it now, or lets it wait its turn. */
    Told tell(Notice notice, long nowMillis) {
        if (canTake()) {
            say(notice, nowMillis);
            sink.flush();
            return Told.SAID;
        }
        if (mailbox == null) {
            mailbox = new ArrayDeque<>();
        }
        if (mailbox.size() == MAILBOX_SIZE) {
            return Told.FULL;
        }
        mailbox.add(notice);
        return Told.WAITS;
    }

    /** Says it before all that waits. */
    void say(Notice notice, long nowMillis) {
        markInboxes();
        sink.tell(notice);
        deadlines.active(nowMillis);
    }

    /** The sink can take more again. */
    void sayWhatWaits(long nowMillis) {
        while (mailbox != null && sink.isWritable()) {
            say(mailbox.remove(), nowMillis);
            if (mailbox.isEmpty()) {
                mailbox = null;
            }
        }
        sink.flush();
    }

    void forgetWhatWaits() {
        mailbox = null;
    }

    /** From now on how far the inboxes are written is remembered; null where the stream has none. */
    void remember(@Nullable InboxMarks marks) {
        inboxes = marks;
    }

    /** Where all that was given has left, the inboxes are written up to there. */
    void markInboxes() {
        if (inboxes != null && sink.isDrained()) {
            inboxes.written();
        }
    }
}
