package dev.millrace.junit;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Subscriber;
import dev.millrace.log.Position;
import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** One life of a test's hub: the server, the link to it, its clock, and who listens. */
final class LiveHub implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofMillis(5);

    private final TurnedClock clock = new TurnedClock();
    private final MillraceServer server;
    private final Link link;
    private final List<TestListener> listeners = new ArrayList<>(); // guarded by this

    LiveHub(UnaryOperator<MillraceServer.Builder> settings) {
        MillraceServer.Builder builder = settings.apply(
                MillraceServer.builder().port(0).host("127.0.0.1").retry(RETRY));
        server = builder.clock(clock).monotonicClock(clock::monotonicMillis).start();
        link = new Link(server.port());
    }

    Hub hub() {
        return server.hub();
    }

    Link link() {
        return link;
    }

    TurnedClock clock() {
        return clock;
    }

    /** Where it is reached, through the link. */
    URI uri() {
        return URI.create(server.uri().getScheme() + "://127.0.0.1:" + link.port());
    }

    /** Turns the clock, and has the log forget what is then too old. */
    void advance(Duration forward) {
        clock.turn(forward);
        hub().log().trim();
    }

    synchronized void add(TestListener listener) {
        listeners.add(listener);
    }

    synchronized int listenerCount() {
        return listeners.size();
    }

    /** Ends the listeners but the first so many. */
    synchronized void endListeners(int from) {
        List<TestListener> ended = listeners.subList(from, listeners.size());
        ended.forEach(TestListener::close);
        ended.clear();
    }

    /** Sends an event to one client, after everything that was published up to now; false where that can't be had in time. */
    boolean sendLast(Supplier<String> clientId, String name, Duration patience) {
        Position last = hub().log().last();
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() < end) {
            Optional<Subscriber> subscriber = hub().subscriber(clientId.get());
            if (subscriber.isPresent()
                    && !subscriber.get().position().isBefore(last)
                    && await(subscriber.get().send(name, ""))) {
                return true;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return false;
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(TestListener.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    @Override
    public void close() {
        endListeners(0);
        link.close();
        server.close();
    }
}
