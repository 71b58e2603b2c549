package dev.millrace.redis;

import dev.millrace.hub.Bookmarks;
import dev.millrace.hub.Presence;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One node of a hub that many nodes make up: its log, presence and bookmarks on one Redis.
 *
 * <pre>{@code
 * RedisNode node = RedisNode.start(RedisSettings.of("redis://localhost"));
 * Hub hub = Hub.builder().log(node.log()).presence(node.presence()).bookmarks(node.bookmarks()).build();
 * }</pre>
 *
 * <p>It holds three connections, however many listeners it has: for appends, for reads, and one on which it hears what all nodes
 * publish on the channels that its streams listen to. Closing the log closes the node. Thread-safe; nothing but {@link #start} blocks.
 */
public final class RedisNode implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(RedisNode.class.getName());
    private static final long LEAVE_MILLIS = 1000;
    private static final long START_MILLIS = 5000;
    private static final long MAX_TIDY_MILLIS = 1000;
    private static final int FILL_EVENTS = 1000;
    private static final long FILL_BYTES = 1024 * 1024;

    private final RedisSettings settings;
    private final Keys keys;
    private final String id;
    private final ScheduledExecutorService timer;
    private final Dialer dialer;
    private final Link<StatefulRedisConnection<byte[], byte[]>> appending;
    private final Link<StatefulRedisConnection<byte[], byte[]>> reading;
    private final Link<StatefulRedisPubSubConnection<byte[], byte[]>> hearing;
    private final Lives lives;
    private final Tail tail;
    private final Ear ear;
    private final Appends appends;
    private final RedisArchive archive;
    private final RedisLog log;
    private final RedisPresence presence;
    private final RedisBookmarks bookmarks;
    private final Watch watch;
    private volatile boolean isClosed;

    private RedisNode(RedisSettings settings) {
        this.settings = settings;
        keys = new Keys(settings.prefix());
        id = newId();
        timer = timer();
        dialer = new Dialer(settings.uri(), id);
        Retention retention = settings.retention();
        EventWindow window = new EventWindow(new Position(0, 0), retention.bytes(settings.windowBytes()));
        appending = new Link<>("the link to Redis", timer, dialer::connect, dialer::hangUp, this::greet);
        reading = new Link<>("the reading link to Redis", timer, dialer::connect, dialer::hangUp, this::checkHeard);
        tail = new Tail(window, this::fill, this::reconsider);
        lives = new Lives(keys, id, timer, new Lives.Heir() {
            @Override
            public Optional<Position> seen() {
                return tail.seen();
            }

            @Override
            public void enter(Position newest, Lineage lineage) {
                tail.enter(newest, lineage);
                timer.execute(appends::pump);
            }

            @Override
            public void unfit(StatefulRedisConnection<byte[], byte[]> connection, Throwable why) {
                appending.drop(connection, why);
            }
        });
        appends = new Appends(keys, id, retention, settings.clock(), lives, tail, timer, this::mute);
        archive = new RedisArchive(
                keys, reading, appending, lives, this::reconsider, retention.age(), settings.clock(), timer);
        presence = new RedisPresence(keys, id, newName(), reading, timer);
        Wants wants = new Wants(settings.linger().toMillis());
        ear = new Ear(keys, id, wants, tail, window, presence, this::newest, timer);
        log = new RedisLog(this, settings, window, tail, ear, appends, archive);
        bookmarks = new RedisBookmarks(keys, reading, retention.age(), timer);
        hearing = new Link<>("the live link to Redis", timer, dialer::connectLive, dialer::hangUp, ear::listen);
        watch = new Watch(keys, id, appending, lives, tail, presence, this::requireMark, timer);
    }

    /** A thread for what is done later. Once it is stopped, nothing more is, without complaint: connections still end then. */
    private static ScheduledExecutorService timer() {
        return new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "millrace-redis");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /**
     * A node that has found its Redis.
     *
     * @throws LogUnavailableException if Redis is not there, or not fit, within the patience of the settings
     */
    public static RedisNode start(RedisSettings settings) {
        RedisNode node = new RedisNode(settings);
        try {
            node.open();
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void open() {
        appending.open();
        reading.open();
        hearing.open();
        boolean isPatient = !settings.patience().isZero();
        long endMillis =
                Lives.monotonicMillis() + (isPatient ? settings.patience().toMillis() : START_MILLIS);
        Optional<String> told = Optional.empty();
        for (Optional<String> trouble = trouble(); trouble.isPresent(); trouble = trouble()) {
            Optional<String> failure = appending.lastFailure();
            if ((failure.isPresent() && !isPatient) || Lives.monotonicMillis() > endMillis) {
                throw new LogUnavailableException("no hub on Redis at " + settings.uri() + ": "
                        + failure.or(() -> trouble()).orElse(""));
            }
            if (failure.isPresent() && !failure.equals(told)) {
                told = failure;
                LOGGER.log(System.Logger.Level.WARNING, "waiting for Redis at {0}: {1}", settings.uri(), failure.get());
            }
            pause();
        }
        appends.start();
        watch.start();
        long tidyMillis = Math.max(1, Math.min(settings.linger().toMillis() / 4, MAX_TIDY_MILLIS));
        timer.scheduleWithFixedDelay(ear::tidy, tidyMillis, tidyMillis, TimeUnit.MILLISECONDS);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LogUnavailableException("interrupted while waiting for Redis", e);
        }
    }

    private static String newId() {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** What people call this node: its machine and process. */
    private static String newName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost"; // a machine that does not know its own name
        }
        return host + "/" + ProcessHandle.current().pid();
    }

    // ---- what is done on new connections ----

    private CompletionStage<Void> greet(StatefulRedisConnection<byte[], byte[]> connection) {
        return lives.greet(connection);
    }

    private CompletionStage<Void> checkHeard(StatefulRedisConnection<byte[], byte[]> connection) {
        return connection.async().ping().thenAccept(pong -> tail.seen().ifPresent(seen -> tail.fill()));
    }

    private void requireMark(long askedMillis) {
        ear.muteSince(askedMillis)
                .ifPresent(mute -> hearing.drop(mute, new IllegalStateException("it does not say what it should")));
    }

    private CompletionStage<Fill> fill(Position after) {
        return archive.fill(after, FILL_EVENTS, FILL_BYTES);
    }

    /** On the timer's thread, for who calls may hold a lock of the window. */
    private void reconsider() {
        timer.execute(() -> appending.current().ifPresent(lives::reconsider));
    }

    private void mute(Lives.Open open) {
        lives.close();
        appending.drop(open.connection(), new IllegalStateException("an append got no answer"));
    }

    void sweep(int emptyChannels) {
        Lives.Open open = lives.current().orElse(null);
        StatefulRedisConnection<byte[], byte[]> connection = reading.current().orElse(null);
        if (open == null || connection == null) {
            return;
        }
        Retention retention = settings.retention();
        Script.SWEEP
                .run(
                        connection,
                        new byte[][] {keys.log()},
                        text(keys.prefix()),
                        text(open.life().toString()),
                        text(settings.clock()
                                .map(own -> String.valueOf(own.millis()))
                                .orElse("")),
                        text(String.valueOf(retention.age().toMillis())),
                        text(String.valueOf(retention.bytes())),
                        text(String.valueOf(emptyChannels)))
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        LOGGER.log(
                                System.Logger.Level.DEBUG,
                                "not swept: {0}",
                                Trouble.of(failure).text());
                    }
                });
    }

    /** The place of the newest event on Redis, of which a mark comes, too; fails with {@link LogUnavailableException} where Redis is away. */
    CompletionStage<Position> newest() {
        return limited(reading.whenUp().thenCompose(this::mark), "Redis is not there");
    }

    private CompletionStage<Position> mark(StatefulRedisConnection<byte[], byte[]> connection) {
        return Script.MARK
                .run(connection, new byte[][] {keys.log()}, text(keys.prefix()), text(id))
                .thenApply(reply -> reply.text(0).isEmpty()
                        ? new Position(0, 0)
                        : new Position(Life.parse(reply.text(0)).epoch(), reply.number(1)));
    }

    /** The same stage; fails with {@link LogUnavailableException} where it takes long, or fails. */
    <T> CompletionStage<T> limited(CompletionStage<T> stage, String otherwise) {
        return reading.limited(stage, Link.ANSWER_MILLIS).handle((result, failure) -> {
            if (failure != null) {
                throw new CompletionException(new LogUnavailableException(
                        otherwise + ": " + Trouble.of(failure).text()));
            }
            return result;
        });
    }

    // ---- for the hub ----

    /** The log that all nodes share. */
    public EventLog log() {
        return log;
    }

    /** Who listens where, on all nodes. */
    public Presence presence() {
        return presence;
    }

    /** How far each user has read, wherever that was. */
    public Bookmarks bookmarks() {
        return bookmarks;
    }

    /** Why this node can't do its work at present; empty where it can. */
    public Optional<String> trouble() {
        if (lives.current().isEmpty() || appending.current().isEmpty()) {
            return Optional.of(appending.trouble().orElse("the log is being looked for"));
        }
        return watch.trouble().or(hearing::trouble).or(reading::trouble);
    }

    /** Leaves the hub. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        appends.close();
        bookmarks.flush();
        await(watch.stop()); // first, for a sign of life after the leaving would bring this node back for half a minute
        Optional<StatefulRedisConnection<byte[], byte[]>> last =
                appending.current().or(reading::current);
        for (Link<?> link : List.of(appending, reading, hearing)) {
            link.close();
        }
        stopTimer();
        last.ifPresent(this::leave);
        dialer.close();
    }

    private void stopTimer() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(LEAVE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOGGER.log(System.Logger.Level.DEBUG, "a task is still running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave(StatefulRedisConnection<byte[], byte[]> connection) {
        await(Link.attempt(() -> connection.async().hdel(keys.nodes(), text(id))));
    }

    private static void await(CompletionStage<?> answer) {
        try {
            answer.toCompletableFuture().get(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "left without a word", e); // the others forget it in 30 s
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
