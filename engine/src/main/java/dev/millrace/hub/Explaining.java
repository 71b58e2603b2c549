package dev.millrace.hub;

import dev.millrace.hub.Explanation.Outcome;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Finds why a stream was given an event, or was not: from the log, the stream's place in it, and its {@link Trail}.
 *
 * <p>Nothing is written down when an event is delivered. A stream is given every event of its channels between its beginning and
 * its place, so these two, and what its channels were, are the answer.
 */
final class Explaining {
    private static final ChannelSet EVERYTHING = ChannelSet.of("*", ChannelName.SYSTEM.value());

    /** A stream as it stands. */
    record Stream(ClientInfo info, Trail trail) {}

    private final EventLog log;
    private final Executor loop;
    private final Supplier<Stream> stream;

    /**
     * @param loop the stream's own
     * @param stream asked on that loop
     */
    Explaining(EventLog log, Executor loop, Supplier<Stream> stream) {
        this.log = log;
        this.loop = loop;
        this.stream = stream;
    }

    CompletionStage<Explanation> of(String eventId) {
        return log.newest(EVERYTHING).exceptionally(away -> log.last()).thenCompose(newest -> of(eventId, newest));
    }

    private CompletionStage<Explanation> of(String eventId, Position newest) {
        Optional<Position> place = Position.parse(eventId).filter(id -> id.offset() > 0 && !newest.isBefore(id));
        if (place.isEmpty() || place.get().epoch() != newest.epoch()) {
            String text = place.isPresent()
                    ? "the id is from an earlier life of the history, of which nothing is known any more"
                    : "no event has had this id: it is unreadable, or not given to an event yet";
            return CompletableFuture.supplyAsync(
                    () -> new Explanation(
                            Outcome.UNKNOWN_EVENT,
                            Optional.empty(),
                            stream.get().info(),
                            text),
                    loop);
        }
        return find(place.get()).thenApplyAsync(event -> explain(place.get(), event), loop);
    }

    private CompletionStage<Optional<Event>> find(Position id) {
        Start before = new Start.After(id.at(id.offset() - 1));
        return LogPage.read(log, new LogPage.Request(EVERYTHING, before, id, 1, 1), loop)
                .thenApply(page -> page.events().stream()
                        .filter(event -> event.position().equals(id))
                        .findFirst());
    }

    private Explanation explain(Position id, Optional<Event> event) {
        Stream now = stream.get();
        return event.map(known -> ofKept(known, now)).orElseGet(() -> ofLost(id, now));
    }

    private static Explanation ofLost(Position id, Stream now) {
        return now.trail().isLost(id)
                ? explanation(
                        Outcome.GAP,
                        Optional.empty(),
                        now,
                        "the event is no longer kept; the stream was told by a gap that events are missing there")
                : explanation(
                        Outcome.NOT_KEPT,
                        Optional.empty(),
                        now,
                        "the event is no longer kept, so which channel it was on can't be told; the stream "
                                + (now.info().position().isBefore(id) ? "has not come to" : "is past")
                                + " its place");
    }

    private static Explanation ofKept(Event event, Stream now) {
        ChannelName channel = event.channel();
        Position id = event.position();
        Optional<ChannelSet> then =
                now.trail().channelsAt(id, now.info().listener().channels());
        if (then.isEmpty()) {
            return explanation(
                    Outcome.FORGOTTEN,
                    event,
                    now,
                    "the channels of the stream were changed more than " + Trail.MAX_CHANGES
                            + " times since, and what they were then is not known any more");
        } else if (!then.get().contains(channel)) {
            return ofOther(event, now);
        } else if (now.trail().beganAfter(id, channel)) {
            return explanation(
                    Outcome.BEGAN_LATER,
                    event,
                    now,
                    "the stream began after it, at " + now.trail().start()
                            + ": it came without a Last-Event-ID, or with a later one");
        } else if (now.info().position().isBefore(id)) {
            return explanation(
                    Outcome.BEHIND,
                    event,
                    now,
                    "the stream is at " + now.info().position() + " and has "
                            + now.info().lag()
                            + " events of the log to pass: its client reads more slowly than events come, or is catching up");
        }
        return now.info().isDrained()
                ? explanation(Outcome.WRITTEN, event, now, "it was written to the connection, which has sent all of it")
                : explanation(
                        Outcome.SENDING,
                        event,
                        now,
                        "the connection was given it, and its client has not yet taken all that it was given");
    }

    /** The stream did not listen to the event's channel when it came to it. */
    private static Explanation ofOther(Event event, Stream now) {
        Optional<Trail.Change> left = now.trail().leaving(event.position(), event.channel());
        if (left.isPresent()) {
            boolean isRevoked = left.get().kind() == Trail.Kind.REVOKED;
            String how = isRevoked ? "a fresh token no longer granted it" : "it was unsubscribed";
            return explanation(
                    isRevoked ? Outcome.NOT_AUTHORISED : Outcome.NOT_MATCHED,
                    event,
                    now,
                    "the stream had left " + left.get().entry() + " after "
                            + left.get().at() + ": " + how);
        }
        String since = now.trail()
                .joining(event.position(), event.channel())
                .map(joined -> "; it was subscribed to " + joined.entry() + " only after " + joined.at())
                .orElse("");
        return explanation(
                Outcome.NOT_MATCHED,
                event,
                now,
                "the stream did not listen to " + event.channel() + ", nor to a pattern that covers it" + since);
    }

    private static Explanation explanation(Outcome outcome, Event event, Stream now, String reason) {
        return explanation(outcome, Optional.of(event), now, reason);
    }

    private static Explanation explanation(Outcome outcome, Optional<Event> event, Stream now, String reason) {
        return new Explanation(outcome, event, now.info(), reason);
    }
}
