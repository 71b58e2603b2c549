package dev.millrace.redis;

import dev.millrace.log.Retention;
import io.lettuce.core.RedisURI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where Redis is, and what a hub keeps there.
 *
 * @param url {@code redis://}, {@code rediss://} for TLS, or {@code redis-sentinel://host,host/0#master}; with user and password
 *     where they are needed
 * @param prefix what the names of all keys begin with, in braces; hubs with the same prefix are one hub
 * @param retention what is kept on Redis; the bytes are those of all hubs together
 * @param windowBytes about how much memory of this node holds the newest events, so that most readers need not ask Redis
 * @param patience how long a start waits for Redis; zero to fail at once where it is not there
 * @param linger for so long a node goes on hearing a channel that nobody listens to any more, for clients that come back
 * @param clock the clock of the events; the one of the Redis server unless given, which is the same for all nodes
 */
public record RedisSettings(
        String url,
        String prefix,
        Retention retention,
        long windowBytes,
        Duration patience,
        Duration linger,
        Optional<Clock> clock) {
    /** The prefix unless another is set. */
    public static final String STANDARD_PREFIX = "millrace";

    private static final Duration STANDARD_LINGER = Duration.ofSeconds(60);
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.:-]{1,64}");

    public RedisSettings {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("the Redis prefix must be 1 to 64 letters, digits and _ . : -");
        }
        if (patience.isNegative()) {
            throw new IllegalArgumentException("the patience with Redis must not be negative");
        }
        if (linger.isNegative()) {
            throw new IllegalArgumentException("what nobody listens to must not linger for a negative time");
        }
        parse(url);
    }

    /** The Redis at this address, with the standard settings. */
    public static RedisSettings of(String url) {
        Retention retention = Retention.standard();
        return new RedisSettings(
                url,
                STANDARD_PREFIX,
                retention,
                retention.bytes() / 2,
                Duration.ZERO,
                STANDARD_LINGER,
                Optional.empty());
    }

    /** The same with another prefix. */
    public RedisSettings prefix(String other) {
        return new RedisSettings(url, other, retention, windowBytes, patience, linger, clock);
    }

    /** The same with another retention. */
    public RedisSettings retention(Retention other) {
        return new RedisSettings(url, prefix, other, windowBytes, patience, linger, clock);
    }

    /** The same with another size of the window. */
    public RedisSettings windowBytes(long bytes) {
        return new RedisSettings(url, prefix, retention, bytes, patience, linger, clock);
    }

    /** The same with another patience. */
    public RedisSettings patience(Duration longest) {
        return new RedisSettings(url, prefix, retention, windowBytes, longest, linger, clock);
    }

    /** The same with another time for which channels linger. */
    public RedisSettings linger(Duration time) {
        return new RedisSettings(url, prefix, retention, windowBytes, patience, time, clock);
    }

    /** The same with another clock. */
    public RedisSettings clock(Clock other) {
        return new RedisSettings(url, prefix, retention, windowBytes, patience, linger, Optional.of(other));
    }

    RedisURI uri() {
        return parse(url);
    }

    private static RedisURI parse(String url) {
        try {
            return RedisURI.create(url);
        } catch (RuntimeException e) { // it throws several kinds; none of their messages may show a password
            throw new IllegalArgumentException(
                    "the Redis address must be redis://host:port, rediss://host:port or redis-sentinel://host,host#master");
        }
    }

    /** It shows no password. */
    @Override
    public String toString() {
        return uri() + " " + prefix;
    }
}
