package dev.millrace.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is opened again, after a pause with jitter, whenever it breaks, and closed when it is mute. Thread-safe.
 *
 * <pre>
 *   opening ──► greeting ──► up ──► opening …        closed
 *      └──────────┴── fails: pauses, opens again
 * </pre>
 *
 * <p>It counts as up when its greeting is over: what has to be done on each new connection before it is used. While it is up, it is
 * asked for a sign of life every second.
 *
 * @param <C> the kind of connection
 */
final class Link<C extends StatefulRedisConnection<byte[], byte[]>> {
    /** A connection that does not answer for so long is mute. */
    static final long ANSWER_MILLIS = 1500;

    private static final long PING_MILLIS = 1000;
    private static final System.Logger LOGGER = System.getLogger(Link.class.getName());

    private final String name;
    private final ScheduledExecutorService timer;
    private final Supplier<? extends CompletionStage<C>> opener;
    private final Consumer<? super C> closer;
    private final Function<C, ? extends CompletionStage<Void>> greeting;
    private final Backoff backoff = new Backoff();

    // guarded by this
    private @Nullable C up;
    private @Nullable C current; // also while it is greeted
    private List<CompletableFuture<C>> waiting = new ArrayList<>();
    private @Nullable Trouble lastTrouble;
    private boolean wasUp;
    private boolean isClosed;

    /**
     * @param name for the log
     * @param opener connects
     * @param closer hangs up
     * @param greeting what comes before the connection counts as up
     */
    Link(
            String name,
            ScheduledExecutorService timer,
            Supplier<? extends CompletionStage<C>> opener,
            Consumer<? super C> closer,
            Function<C, ? extends CompletionStage<Void>> greeting) {
        this.name = name;
        this.timer = timer;
        this.opener = opener;
        this.closer = closer;
        this.greeting = greeting;
    }

    /** Opens it, and from then on keeps it open. */
    void open() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
        }
        CompletableFuture<C> opened = new CompletableFuture<>();
        attempt(opener).whenComplete((connection, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
            } else if (!opened.complete(connection)) {
                closer.accept(connection); // too late
            }
        });
        limited(opened, 2 * ANSWER_MILLIS).whenComplete((connection, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
                again(failure);
            } else {
                greet(connection);
            }
        });
    }

    /** What the action gives, also where it throws. */
    static <T> CompletionStage<T> attempt(Supplier<? extends CompletionStage<T>> action) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void greet(C connection) {
        synchronized (this) {
            current = connection;
        }
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                drop(connection, new IllegalStateException("the connection was closed"));
            }
        });
        if (!connection.isOpen()) {
            drop(connection, new IllegalStateException("the connection was closed"));
            return;
        }
        attempt(() -> greeting.apply(connection)).whenComplete((done, failure) -> {
            if (failure != null) {
                drop(connection, failure);
            } else {
                raise(connection);
            }
        });
    }

    private void raise(C connection) {
        List<CompletableFuture<C>> waited;
        synchronized (this) {
            if (!connection.equals(current)) {
                return;
            }
            if (wasUp && lastTrouble != null) {
                LOGGER.log(System.Logger.Level.INFO, "{0} is back", name);
            }
            up = connection;
            wasUp = true;
            lastTrouble = null;
            backoff.reset();
            waited = waiting;
            waiting = new ArrayList<>();
        }
        pingLater(connection);
        waited.forEach(future -> future.complete(connection));
    }

    private void pingLater(C connection) {
        timer.schedule(
                () -> {
                    if (isCurrent(connection)) {
                        limited(connection.async().ping(), ANSWER_MILLIS).whenComplete((pong, failure) -> {
                            if (failure == null || Trouble.of(failure).isRefusal()) {
                                pingLater(connection);
                            } else {
                                drop(connection, failure);
                            }
                        });
                    }
                },
                PING_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Gives this connection up, if it is the present one, and opens another. */
    void drop(C connection, Throwable why) {
        synchronized (this) {
            if (!connection.equals(current)) {
                return;
            }
            current = null;
            up = null;
        }
        closer.accept(connection);
        again(why);
    }

    private void again(Throwable why) {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            Trouble trouble = Trouble.of(why);
            if (wasUp && (lastTrouble == null || !lastTrouble.text().equals(trouble.text()))) {
                LOGGER.log(System.Logger.Level.WARNING, "{0} is down: {1}", name, trouble.text());
            }
            lastTrouble = trouble;
            timer.schedule(this::open, backoff.nextMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized boolean isCurrent(C connection) {
        return connection.equals(current);
    }

    /** The connection, where it is up. */
    synchronized Optional<C> current() {
        return Optional.ofNullable(up);
    }

    /** The connection, as soon as it is up; fails when the link is closed. */
    CompletionStage<C> whenUp() {
        CompletableFuture<C> future = new CompletableFuture<>();
        synchronized (this) {
            if (isClosed) {
                future.completeExceptionally(new IllegalStateException(name + " is closed"));
            } else if (up != null) {
                future.complete(up);
            } else {
                waiting.add(future);
            }
        }
        return future;
    }

    /** Why it is down; empty where it is up. */
    synchronized Optional<String> trouble() {
        if (up != null) {
            return Optional.empty();
        }
        return Optional.of(lastTrouble == null ? "connecting" : lastTrouble.text());
    }

    /** Why the last attempt failed; empty where none has since it was up. */
    synchronized Optional<String> lastFailure() {
        return Optional.ofNullable(lastTrouble).map(Trouble::text);
    }

    /** Opens it no more. Its connection is closed with the client. */
    void close() {
        List<CompletableFuture<C>> waited;
        synchronized (this) {
            isClosed = true;
            current = null;
            up = null;
            waited = waiting;
            waiting = new ArrayList<>();
        }
        waited.forEach(future -> future.completeExceptionally(new IllegalStateException(name + " is closed")));
    }

    /** The same stage, which fails where it takes longer. */
    <T> CompletableFuture<T> limited(CompletionStage<T> stage, long millis) {
        CompletableFuture<T> limited = new CompletableFuture<>();
        var alarm = timer.schedule(
                () -> limited.completeExceptionally(new TimeoutException("no answer for " + millis + " ms")),
                millis,
                TimeUnit.MILLISECONDS);
        stage.whenComplete((result, failure) -> {
            alarm.cancel(false);
            if (failure == null) {
                limited.complete(result);
            } else {
                limited.completeExceptionally(failure);
            }
        });
        return limited;
    }
}
