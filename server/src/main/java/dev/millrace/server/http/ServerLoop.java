package dev.millrace.server.http;

import dev.millrace.hub.Loop;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.DateFormatter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Date;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one event loop share: the hub's view of the loop, the forms of its streams, the date, and the one
 * timer that ends connections which are too slow.
 */
final class ServerLoop implements Loop {
    private static final Logger LOG = LoggerFactory.getLogger(ServerLoop.class);
    private static final int SWEEP_MILLIS = 500;

    private final EventLoop loop;
    private final ServerTime time;
    private final Map<Framing, StreamForm> bare = new EnumMap<>(Framing.class);
    private final Map<Framing, StreamForm> enveloped = new EnumMap<>(Framing.class);
    private final Set<Watched> watched = Collections.newSetFromMap(new IdentityHashMap<>());
    private byte[] date = {};
    private long nowMillis;

    ServerLoop(EventLoop loop, ByteBufAllocator allocator, ServerTime time) {
        this.loop = loop;
        this.time = time;
        for (Framing framing : Framing.values()) {
            bare.put(framing, new StreamForm(framing, false, allocator));
            enveloped.put(framing, new StreamForm(framing, true, allocator));
        }
        sweep();
        every(Duration.ofMillis(SWEEP_MILLIS), this::sweep);
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        var unused = loop.scheduleAtFixedRate(
                () -> guard(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One failure must not be the last time: Netty runs a periodic task that threw no more, and says nothing. */
    private static void guard(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("a periodic task failed", e);
        }
    }

    /** The form of streams with this framing; the same object for all of the loop. */
    StreamForm form(Framing framing, boolean isEnveloped) {
        StreamForm form = (isEnveloped ? enveloped : bare).get(framing);
        if (form == null) {
            throw new IllegalStateException("no form for " + framing);
        }
        return form;
    }

    /** How long connections may take. */
    Patience patience() {
        return time.patience();
    }

    /** The value of the header {@code Date}, now. */
    byte[] date() {
        return date;
    }

    /** A time that never jumps, exact to half a second. */
    long nowMillis() {
        return nowMillis;
    }

    /** Looks at this connection's deadline from now on. */
    void watch(Watched connection) {
        watched.add(connection);
    }

    void unwatch(Watched connection) {
        watched.remove(connection);
    }

    /** Closes the connections that wait for a request. */
    void closeIdle() {
        for (Watched connection : new ArrayList<>(watched)) {
            connection.closeIfIdle();
        }
    }

    private void sweep() {
        nowMillis = time.millis();
        date = DateFormatter.format(Date.from(time.clock().instant())).getBytes(StandardCharsets.US_ASCII);
        for (Watched connection : new ArrayList<>(watched)) {
            connection.look(nowMillis);
        }
    }
}
