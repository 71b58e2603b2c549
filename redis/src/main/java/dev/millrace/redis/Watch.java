package dev.millrace.redis;

import dev.millrace.log.Position;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Gives a sign of life every second, and looks whether the log has gone where this node has not heard of. */
final class Watch {
    private static final long EVERY_MILLIS = 1000;
    private static final long ON_ITS_WAY_MILLIS = 200; // what is not heard of for so long is read
    private static final long SILENT_MILLIS = 30_000; // a node that is silent for so long is forgotten

    private final Keys keys;
    private final String id;
    private final Link<StatefulRedisConnection<byte[], byte[]>> link;
    private final Lives lives;
    private final Tail tail;
    private final RedisPresence presence;
    private final LongConsumer marked;
    private final ScheduledExecutorService timer;
    private volatile String trouble = "";
    private CompletionStage<?> lastSign = CompletableFuture.completedFuture("none"); // guarded by this
    private boolean isStopped; // guarded by this

    /**
     * @param id of this node
     * @param link for appends
     * @param marked is told, when it should have been heard, that a mark was asked for at this time
     */
    Watch(
            Keys keys,
            String id,
            Link<StatefulRedisConnection<byte[], byte[]>> link,
            Lives lives,
            Tail tail,
            RedisPresence presence,
            LongConsumer marked,
            ScheduledExecutorService timer) {
        this.keys = keys;
        this.id = id;
        this.link = link;
        this.lives = lives;
        this.tail = tail;
        this.presence = presence;
        this.marked = marked;
        this.timer = timer;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Why Redis takes no writes; empty where it does. */
    Optional<String> trouble() {
        return Optional.of(trouble).filter(text -> !text.isEmpty());
    }

    private void look() {
        Lives.Open open = lives.current().orElse(null);
        if (open == null) {
            return;
        }
        Optional<Position> seen = tail.seen();
        long askedMillis = Lives.monotonicMillis();
        sign(open.connection())
                .ifPresent(sign -> sign.whenComplete((reply, failure) -> {
                    if (failure != null) {
                        fail(open, Trouble.of(failure));
                    } else {
                        presence.clock(reply.number(2) - askedMillis);
                        see(open, reply, seen);
                        timer.schedule(() -> marked.accept(askedMillis), Link.ANSWER_MILLIS, TimeUnit.MILLISECONDS);
                    }
                }));
    }

    /** Gives a sign of life; empty when this node is leaving. */
    private synchronized Optional<CompletionStage<Reply>> sign(StatefulRedisConnection<byte[], byte[]> connection) {
        if (isStopped) {
            return Optional.empty();
        }
        CompletionStage<Reply> sign = Script.WATCH.run(
                connection,
                new byte[][] {keys.log()},
                text(keys.prefix()),
                text(id),
                text(presence.figures()),
                text(String.valueOf(SILENT_MILLIS)));
        lastSign = sign;
        return Optional.of(sign);
    }

    /** Gives no more signs of life. Completes, or fails, when the last one was answered: a script may be sent twice until then. */
    synchronized CompletionStage<?> stop() {
        isStopped = true;
        return lastSign;
    }

    private void fail(Lives.Open open, Trouble why) {
        trouble = why.text();
        if (!why.isRefusal() || why.isWrongServer()) {
            link.drop(open.connection(), new IllegalStateException(why.text()));
        }
    }

    private void see(Lives.Open open, Reply reply, Optional<Position> seenBefore) {
        trouble = reply.text(3);
        if (trouble.contains("READONLY")) {
            link.drop(open.connection(), new IllegalStateException(trouble));
            return;
        }
        Position there = new Position(open.life().epoch(), reply.number(1));
        boolean isBehind = seenBefore.filter(there::isBefore).isPresent();
        if (!reply.text(0).equals(open.life().toString()) || isBehind) {
            lives.reconsider(open.connection());
        } else {
            timer.schedule(() -> tail.catchUp(there), ON_ITS_WAY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
