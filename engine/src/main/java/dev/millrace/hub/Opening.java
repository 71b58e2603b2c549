package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Opens streams: finds where one begins, says its first words, and lets it read.
 *
 * <p>The first poll comes before {@code connected}, which tells whether anything is missing; so it is said by the {@link CatchUp}
 * that reads first.
 */
final class Opening {
    private static final SecureRandom RANDOM = new SecureRandom();

    /** An inbox of a new stream, and how far its user has been written to. */
    private record Marked(Bookmarks.Inbox inbox, Position place) {}

    private final Hub hub;

    Opening(Hub hub) {
        this.hub = hub;
    }

    CompletionStage<Subscriber> open(Subscription asked, EventSink<?> sink, Dispatcher dispatcher) {
        try {
            requireRoom();
            return asked.clientId().isPresent()
                    ? claim(asked.clientId().get(), asked, sink, dispatcher)
                    : open(newId(), asked, Optional.empty(), sink, dispatcher);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Opens a stream of a client that may have one, here or on another node, which then makes way. */
    private CompletionStage<Subscriber> claim(String id, Subscription asked, EventSink<?> sink, Dispatcher dispatcher) {
        Optional<Steering> here = hub.registry().steeringOf(id, asked.user());
        boolean isLive = hub.registry().find(id).isPresent();
        Claims.Claim claim = hub.claims().begin(id, asked.user());
        CompletableFuture<Optional<Steering>> elsewhere = hub.presence()
                .order(claim.order())
                .thenApply(Opening::steering)
                .exceptionally(Opening::unlessTaken)
                .toCompletableFuture();
        boolean isTold = !elsewhere.isDone(); // else there are no others, or none that can be reached
        CompletableFuture<Subscriber> opened = new CompletableFuture<>();
        inTurn(elsewhere, dispatcher, (found, failure) -> {
            if (failure == null) {
                Optional<Steering> steering = isLive ? here : found.or(() -> here);
                pass(open(id, asked, steering, sink, dispatcher), opened);
            } else {
                opened.completeExceptionally(failure);
            }
        });
        return opened.whenComplete((subscriber, failure) -> {
            hub.claims().end(claim, isTold);
            if (failure == null && claim.isLost()) {
                subscriber.close(Notice.Reason.REPLACED);
            }
        });
    }

    private static Optional<Steering> steering(Outcome outcome) {
        if (outcome instanceof Outcome.Foreign) {
            throw new ClientIdTakenException();
        }
        return outcome instanceof Outcome.Yielded yielded ? Optional.of(yielded.steering()) : Optional.empty();
    }

    /** Where the other nodes can't be asked, the stream is opened all the same. */
    private static Optional<Steering> unlessTaken(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ClientIdTakenException taken) {
            throw taken;
        }
        return Optional.empty();
    }

    /** At once where the future is done, else on the dispatcher's loop. */
    private static <T> void inTurn(
            CompletableFuture<T> future, Dispatcher dispatcher, BiConsumer<T, @Nullable Throwable> next) {
        if (future.isDone()) {
            future.whenComplete(next);
        } else {
            future.whenComplete((value, failure) -> dispatcher.execute(() -> next.accept(value, failure)));
        }
    }

    private static <T> void pass(CompletionStage<T> from, CompletableFuture<T> to) {
        from.whenComplete((value, failure) -> {
            if (failure == null) {
                to.complete(value);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    private CompletionStage<Subscriber> open(
            String id, Subscription asked, Optional<Steering> steering, EventSink<?> sink, Dispatcher dispatcher) {
        try {
            Optional<Steering> known = steering.map(before -> before.of(asked.channels()));
            Subscription request = known.map(steered -> asked.on(steered.apply(asked.channels())))
                    .orElse(asked);
            hub.requireRoomFor(request.channels());
            Subscriber subscriber = new Subscriber(id, request, sink, dispatcher, known.orElse(null));
            return locate(request, subscriber, dispatcher);
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void requireRoom() {
        if (hub.isDraining()) {
            throw new HubFullException(Notice.Reason.DRAINING);
        }
        if (hub.registry().size() >= hub.settings().maxConnections()) {
            hub.observer().refused();
            throw new HubFullException(Notice.Reason.FULL);
        }
    }

    private static String newId() {
        byte[] secret = new byte[18];
        RANDOM.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    private CompletionStage<Subscriber> locate(Subscription request, Subscriber subscriber, Dispatcher dispatcher) {
        FirstWords words = new FirstWords(hub.registry(), subscriber);
        CompletableFuture<CatchUp> located = new CompletableFuture<>();
        inTurn(
                hub.log().hear(request.channels()).toCompletableFuture(),
                dispatcher,
                (heard, failure) -> locate(request, subscriber, dispatcher, located));
        inTurn(located, dispatcher, (reading, failure) -> {
            try {
                if (failure == null) {
                    begin(request, subscriber, dispatcher, reading, words);
                } else {
                    words.failed(failure);
                }
            } catch (Throwable e) { // a stage would keep it to itself, and the client would wait
                words.broken(e);
            }
        });
        if (!words.isOver()) {
            dispatcher.await(words);
        }
        return words.opened();
    }

    private void locate(
            Subscription request, Subscriber subscriber, Dispatcher dispatcher, CompletableFuture<CatchUp> located) {
        try {
            dispatcher.readTail(); // so that "the newest" is what was acknowledged before this request
            CompletionStage<List<Marked>> known =
                    marks(request); // before the cursor: an inbox begins no later than its stream
            CompletionStage<CatchUp> reading = hub.log()
                    .open(request.channels(), request.start(), dispatcher.readyHook(subscriber))
                    .thenCompose(cursor -> remembered(request, cursor))
                    .thenCombine(known, (cursor, marks) -> reading(request, subscriber, dispatcher, cursor, marks));
            pass(reading, located);
        } catch (Throwable e) {
            located.completeExceptionally(e);
        }
    }

    private void begin(
            Subscription request, Subscriber subscriber, Dispatcher dispatcher, CatchUp reading, FirstWords words) {
        if (subscriber.isEnded()) {
            return; // while it waited
        }
        Position start = reading.cursor().position();
        List<Bookmarks.Inbox> inboxes = inboxes(request);
        reading.greetBy(isComplete -> {
            InboxMarks marks = inboxes.isEmpty() ? null : new InboxMarks(hub.bookmarks(), inboxes, start);
            Optional<Boolean> resumed = request.isResume() ? Optional.of(isComplete) : Optional.empty();
            words.connected(new Notice.Connected(subscriber.id(), subscriber.channels(), start, resumed), marks);
        });
        if (!subscriber.channels().equals(request.channels())) {
            reading.channels(subscriber.channels()); // it was steered while it waited
        }
        subscriber.begin(reading);
        dispatcher.advance(subscriber);
    }

    /** The inboxes of a stream with their bookmarks; where there is none yet, without, and it begins now. */
    private CompletionStage<List<Marked>> marks(Subscription request) {
        CompletionStage<List<Marked>> marks = CompletableFuture.completedFuture(new ArrayList<>());
        if (request.lastEventId().isPresent()) {
            return marks;
        }
        Position now = hub.log().last();
        for (Bookmarks.Inbox inbox : inboxes(request)) {
            marks = marks.thenCombine(findOrBegin(inbox, now), (found, place) -> {
                place.ifPresent(written -> found.add(new Marked(inbox, written)));
                return found;
            });
        }
        return marks;
    }

    private CompletionStage<Optional<Position>> findOrBegin(Bookmarks.Inbox inbox, Position now) {
        return hub.bookmarks()
                .find(inbox)
                .thenCompose(found -> found.isPresent()
                        ? CompletableFuture.completedFuture(found)
                        : hub.bookmarks().begin(inbox, now).thenApply(kept -> found));
    }

    /**
     * The cursor, once the inboxes of a stream that came with an id have a bookmark. Where they had none it is where the stream
     * begins: without it a crash, or a second stream meanwhile, would lose for the user what this one is not given.
     */
    private CompletionStage<Cursor> remembered(Subscription request, Cursor cursor) {
        CompletionStage<Cursor> remembered = CompletableFuture.completedFuture(cursor);
        if (request.lastEventId().isEmpty()) {
            return remembered;
        }
        for (Bookmarks.Inbox inbox : inboxes(request)) {
            CompletionStage<@Nullable Void> known = hub.bookmarks()
                    .beginUnlessKnown(inbox, cursor.position())
                    .exceptionally(failure -> null); // it has its id, and must not wait for what can't be read
            remembered = remembered.thenCombine(known, (same, done) -> same);
        }
        return remembered;
    }

    private List<Bookmarks.Inbox> inboxes(Subscription request) {
        List<Bookmarks.Inbox> inboxes = new ArrayList<>();
        for (ChannelName name : request.channels().names()) {
            if (hub.settings().inboxes().contains(name)) {
                inboxes.add(new Bookmarks.Inbox(request.user().orElse(""), name));
            }
        }
        return inboxes;
    }

    /** How a stream reads on a first connect: its inboxes from where they were left, then all its channels. */
    private CatchUp reading(
            Subscription request, Subscriber subscriber, Dispatcher dispatcher, Cursor main, List<Marked> marks) {
        Deque<CatchUp.Phase> phases = new ArrayDeque<>(0);
        List<Marked> older = marks.stream()
                .filter(mark -> mark.place().isBefore(main.position()))
                .sorted(Comparator.comparing(Marked::place))
                .toList();
        if (older.isEmpty()) {
            return new CatchUp(main, phases, request.channels());
        }
        List<String> names = new ArrayList<>();
        for (int i = 0; i < older.size(); i++) {
            names.add(older.get(i).inbox().channel().value());
            Position until = i + 1 < older.size() ? older.get(i + 1).place() : main.position();
            phases.add(new CatchUp.Phase(ChannelSet.of(names).withoutBroadcasts(), until));
        }
        Cursor cursor = hub.log()
                .open(
                        phases.getFirst().channels(),
                        new Start.After(older.get(0).place()),
                        dispatcher.readyHook(subscriber))
                .toCompletableFuture()
                .join(); // at once, by the contract
        return new CatchUp(cursor, phases, request.channels());
    }
}
