package dev.millrace.hub;

import dev.millrace.log.Position;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Holds producers back while the dispatchers are far behind the log. Thread-safe. */
final class Room {
    private static final long MAX_BEHIND = 8192; // events

    private final Hub hub;
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();

    Room(Hub hub) {
        this.hub = hub;
    }

    CompletionStage<Void> await() {
        CompletableFuture<Void> turn = new CompletableFuture<>();
        if (isFree()) {
            turn.complete(null);
        } else {
            waiting.add(turn);
            check(); // a run may have ended meanwhile
        }
        return turn;
    }

    /** Lets the waiting go on, if there is room. Called after each run. */
    void check() {
        if (!waiting.isEmpty() && isFree()) {
            for (CompletableFuture<Void> turn = waiting.poll(); turn != null; turn = waiting.poll()) {
                turn.complete(null);
            }
        }
    }

    private boolean isFree() {
        Position last = hub.log().last();
        for (Dispatcher dispatcher : hub.dispatchers()) {
            Position reached = dispatcher.position();
            if (reached.epoch() == last.epoch() && last.offset() - reached.offset() > MAX_BEHIND) {
                return false;
            }
        }
        return true;
    }
}
