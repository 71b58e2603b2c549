package dev.millrace.http;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long clients are to wait before they come back. */
public record Retry(Duration base) {
    private static final int SPREAD = 8;

    /** After a connection that broke. */
    public long millis() {
        return base.toMillis();
    }

    /** After an end on purpose: different for each client, so that they do not come back together. */
    public long spreadMillis() {
        long least = Math.max(100, base.toMillis());
        return ThreadLocalRandom.current().nextLong(least, SPREAD * least + 1);
    }

    /** The same as the header {@code Retry-After}, in whole seconds. */
    public Header after() {
        return new Header("Retry-After", String.valueOf(Math.max(1, (spreadMillis() + 999) / 1000)));
    }
}
