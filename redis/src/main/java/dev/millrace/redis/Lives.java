package dev.millrace.redis;

import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which life of the log this node takes part in; found anew on each connection, and whenever the log turns out to be another.
 * Thread-safe.
 */
final class Lives {
    private static final System.Logger LOGGER = System.getLogger(Lives.class.getName());
    private static final long PAUSE_MILLIS = 100;

    /**
     * The life that is open for appends.
     *
     * @param connection where
     * @param aheadMillis by how much the server's clock is ahead of this node's monotonic one
     */
    record Open(Life life, StatefulRedisConnection<byte[], byte[]> connection, long aheadMillis) {}

    /** Who is told what was found. */
    interface Heir {
        /** What this node has seen of the log; empty before it has seen any. */
        Optional<Position> seen();

        /** This is the log from now on. */
        void enter(Position newest, Lineage lineage);

        /** The log can't be found on this connection: another one is needed. */
        void unfit(StatefulRedisConnection<byte[], byte[]> connection, Throwable why);
    }

    private final Keys keys;
    private final String node;
    private final ScheduledExecutorService timer;
    private final Heir heir;
    private final Clock clock = Clock.systemUTC(); // only so that epochs grow
    private @Nullable Open open; // guarded by this
    private @Nullable Life latest; // guarded by this
    private @Nullable Server server; // guarded by this
    private boolean isSettling; // guarded by this

    Lives(Keys keys, String node, ScheduledExecutorService timer, Heir heir) {
        this.keys = keys;
        this.node = node;
        this.timer = timer;
        this.heir = heir;
    }

    /** The life that is open for appends; empty while there is none. */
    synchronized Optional<Open> current() {
        return Optional.ofNullable(open).filter(now -> now.connection().isOpen());
    }

    /** The life whose events can be read, also while none is open for appends; empty before the first is found. */
    synchronized Optional<Life> known() {
        return Optional.ofNullable(latest);
    }

    /** Finds the log on a new connection. */
    CompletionStage<Void> greet(StatefulRedisConnection<byte[], byte[]> connection) {
        close();
        return info(connection).thenCompose(found -> {
            if (found.isReplica()) {
                throw new IllegalStateException(
                        "this is a replica, which takes no writes: give the address of the primary, or of Sentinel");
            }
            if (found.evicts()) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "Redis evicts keys when its memory is full, and with them history and idempotency keys:"
                                + " set maxmemory-policy to noeviction");
            }
            synchronized (this) {
                server = found;
            }
            return settle(connection, found);
        });
    }

    private static CompletionStage<Server> info(StatefulRedisConnection<byte[], byte[]> connection) {
        return connection.async().info().handle((info, failure) -> {
            if (failure == null) {
                return Server.of(info);
            }
            if (Trouble.of(failure).isRefusal() && !Trouble.of(failure).isWrongServer()) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the Redis user may not call INFO: a restart of Redis that loses events is noticed only by nodes"
                                + " that have seen them");
                return Server.UNKNOWN;
            }
            throw new IllegalStateException(Trouble.of(failure).text(), failure);
        });
    }

    /** No life is open, until the log is found again. */
    synchronized void close() {
        open = null;
    }

    /** The log is another than this node thinks: finds out which. */
    void reconsider(StatefulRedisConnection<byte[], byte[]> connection) {
        Server known;
        synchronized (this) {
            if (isSettling
                    || server == null
                    || (open != null && !open.connection().equals(connection))) {
                return;
            }
            isSettling = true;
            open = null;
            known = server;
        }
        settle(connection, known).whenComplete((done, failure) -> {
            synchronized (this) {
                isSettling = false;
            }
            if (failure != null) {
                heir.unfit(connection, failure);
            }
        });
    }

    private CompletionStage<Void> settle(StatefulRedisConnection<byte[], byte[]> connection, Server on) {
        Optional<Position> seen = heir.seen();
        long askedMillis = monotonicMillis();
        return Script.LOOK
                .run(
                        connection,
                        logKey(),
                        text(keys.prefix()),
                        text(node),
                        text(on.run()),
                        text(seen.map(Position::toString).orElse("")))
                .thenApply(Finding::of)
                .thenCompose(finding -> switch (finding.verdict(on, seen)) {
                    case WAIT -> later(() -> settle(connection, on));
                    case JOIN -> enter(connection, finding.life().orElseThrow(), finding, askedMillis);
                    case KEEP ->
                        adopt(
                                connection,
                                on,
                                finding,
                                finding.life().orElseThrow().epoch(),
                                "KEEP");
                    case FORK -> adopt(connection, on, finding, nextEpoch(finding, seen), "FORK");
                    case BEGIN -> adopt(connection, on, finding, nextEpoch(finding, seen), "BEGIN");
                });
    }

    private long nextEpoch(Finding finding, Optional<Position> seen) {
        return finding.nextEpoch(MemoryLog.newEpoch(clock), seen);
    }

    private CompletionStage<Void> adopt(
            StatefulRedisConnection<byte[], byte[]> connection, Server on, Finding finding, long epoch, String how) {
        if (how.equals("FORK")) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "Redis may have lost events after offset {0}: another life of the log begins",
                    finding.offset());
        }
        return Script.ADOPT
                .run(
                        connection,
                        logKey(),
                        text(keys.prefix()),
                        text(finding.life().map(Life::toString).orElse("")),
                        text(new Life(epoch, on.run()).toString()),
                        text(how))
                .thenCompose(done -> settle(connection, on)); // also where another node was faster
    }

    private CompletionStage<Void> enter(
            StatefulRedisConnection<byte[], byte[]> connection, Life life, Finding finding, long askedMillis) {
        synchronized (this) {
            latest = life; // what is missing is read as soon as it is entered
        }
        heir.enter(new Position(life.epoch(), finding.offset()), finding.lineage());
        synchronized (this) {
            open = new Open(life, connection, finding.nowMillis() - askedMillis);
        }
        return CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> later(Supplier<CompletionStage<Void>> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        timer.schedule(
                () -> action.get().whenComplete((result, failure) -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(failure);
                    }
                }),
                PAUSE_MILLIS,
                TimeUnit.MILLISECONDS);
        return done;
    }

    private byte[][] logKey() {
        return new byte[][] {keys.log()};
    }

    static long monotonicMillis() {
        return System.nanoTime() / 1_000_000;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
