package dev.millrace.hub;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a stream is to be looked at: the end of its permission, by the clock of the wall; its age, its next heartbeat, and how long its
 * peer has taken nothing, by one that never jumps. On the loop only.
 */
final class Deadlines {
    private static final int STUCK_LOOK_MILLIS = 1000;

    private final Hub hub;
    private long expiresAtMillis;
    private long endsAtMillis = Long.MAX_VALUE; // by age
    private long activeAtMillis; // when something was last written
    private long progress;
    private long stuckSinceMillis = -1;

    Deadlines(Hub hub, long nowMillis, Optional<Instant> expiresAt) {
        this.hub = hub;
        activeAtMillis = nowMillis;
        renew(expiresAt);
        hub.settings().maxAge().ifPresent(age -> endsAtMillis = nowMillis + within(age.toMillis()));
    }

    /** Within the last tenth of the greatest age, so that streams of one moment do not end in one. */
    private static long within(long ageMillis) {
        return (long) (ageMillis * (0.9 + 0.1 * ThreadLocalRandom.current().nextDouble()));
    }

    /** The permission ends at another time; empty for never. */
    void renew(Optional<Instant> expiresAt) {
        expiresAtMillis = expiresAt.map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    /** Something was written. */
    void active(long nowMillis) {
        activeAtMillis = nowMillis;
    }

    long activeAtMillis() {
        return activeAtMillis;
    }

    boolean isExpired() {
        return hub.clock().millis() >= expiresAtMillis;
    }

    boolean isOfAge(long nowMillis) {
        return nowMillis >= endsAtMillis;
    }

    boolean isBeatDue(long nowMillis) {
        return nowMillis - activeAtMillis >= hub.settings().heartbeat().toMillis();
    }

    /** The peer takes nothing at present; answers whether that is new. */
    boolean noteStuck(long nowMillis, EventSink<?> sink) {
        if (stuckSinceMillis >= 0) {
            return false;
        }
        stuckSinceMillis = nowMillis;
        progress = sink.progress();
        return true;
    }

    /** Whether the peer has taken nothing for the write timeout. */
    boolean isStuck(long nowMillis, EventSink<?> sink) {
        if (sink.isDrained() || sink.progress() != progress) {
            stuckSinceMillis = sink.isDrained() ? -1 : nowMillis;
            progress = sink.progress();
        } else if (stuckSinceMillis < 0) {
            stuckSinceMillis = nowMillis;
        }
        return stuckSinceMillis >= 0 && nowMillis - stuckSinceMillis >= writeTimeout();
    }

    /** When one of them may have come next. */
    long next(long nowMillis) {
        long next = activeAtMillis + hub.settings().heartbeat().toMillis();
        if (stuckSinceMillis >= 0) {
            next = Math.min(Math.max(next, nowMillis + STUCK_LOOK_MILLIS), stuckSinceMillis + writeTimeout());
        }
        next = Math.min(next, endsAtMillis);
        if (expiresAtMillis != Long.MAX_VALUE) {
            next = Math.min(next, nowMillis + expiresAtMillis - hub.clock().millis());
        }
        return next;
    }

    private long writeTimeout() {
        return hub.settings().writeTimeout().toMillis();
    }
}
