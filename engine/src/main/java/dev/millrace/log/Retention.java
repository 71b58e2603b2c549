package dev.millrace.log;

import java.time.Duration;

/**
 * How many events, how old and how many bytes a log keeps.
 *
 * @param eventsPerChannel the newest so many of each channel
 * @param age no event older than this
 * @param bytes about how much memory all channels take together; the oldest events go first
 * @param keyWindow how long an idempotency key is remembered
 */
public record Retention(int eventsPerChannel, Duration age, long bytes, Duration keyWindow) {
    public Retention {
        if (eventsPerChannel < 1) {
            throw new IllegalArgumentException("eventsPerChannel must be at least 1");
        }
        if (age.isNegative() || age.isZero()) {
            throw new IllegalArgumentException("age must be longer than zero");
        }
        if (bytes < 1) {
            throw new IllegalArgumentException("bytes must be at least 1");
        }
        if (keyWindow.isNegative()) {
            throw new IllegalArgumentException("keyWindow must not be negative");
        }
    }

    /** 1000 events a channel, a day, a quarter of this JVM's memory, keys for two minutes. */
    public static Retention standard() {
        return new Retention(1000, Duration.ofHours(24), Runtime.getRuntime().maxMemory() / 4, Duration.ofMinutes(2));
    }

    /** The same with another count. */
    public Retention eventsPerChannel(int count) {
        return new Retention(count, age, bytes, keyWindow);
    }

    /** The same with another age. */
    public Retention age(Duration maxAge) {
        return new Retention(eventsPerChannel, maxAge, bytes, keyWindow);
    }

    /** The same with another size. */
    public Retention bytes(long maxBytes) {
        return new Retention(eventsPerChannel, age, maxBytes, keyWindow);
    }
}
