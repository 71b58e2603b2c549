package dev.millrace.server.http;

import io.netty.channel.Channel;
import java.util.concurrent.atomic.AtomicBoolean;

/** The place of one stream among those of its address; given back once. */
final class Place {
    static final Place UNCOUNTED = new Place(() -> {});

    private final Runnable giveBack;
    private final AtomicBoolean isReleased = new AtomicBoolean();

    Place(Runnable giveBack) {
        this.giveBack = giveBack;
    }

    /** Gives the place back, if it was not yet. */
    void release() {
        if (isReleased.compareAndSet(false, true)) {
            giveBack.run();
        }
    }

    void releaseAtEndOf(Channel connection) {
        if (this != UNCOUNTED) {
            connection.closeFuture().addListener(closed -> release());
        }
    }
}
