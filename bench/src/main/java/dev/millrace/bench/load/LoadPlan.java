package dev.millrace.bench.load;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * What the load generator does.
 *
 * @param hub the address of the hub, without a path
 * @param listeners how many streams are held open
 * @param channels listener i listens to channel i modulo this; publishers take them in turn
 * @param publishers how many connections publish
 * @param rate events a second of all publishers together, each counted from when it was due (open loop); 0 for as fast as the
 *     answers come (closed loop)
 * @param window in a closed loop, the most events whose deliveries may be missing still
 * @param batch how many events a publisher sends in one request
 * @param payload bytes of an event's data
 * @param warmup not measured
 * @param duration measured
 * @param token sent as a bearer token
 * @param dialect how the server is spoken to
 */
public record LoadPlan(
        URI hub,
        int listeners,
        int channels,
        int publishers,
        int rate,
        int window,
        int batch,
        int payload,
        Duration warmup,
        Duration duration,
        Optional<String> token,
        Dialect dialect) {
    /** The shortest payload that holds what is measured. */
    static final int MIN_PAYLOAD = 48;

    private static final int MAX_REQUEST = 1 << 30;

    public LoadPlan {
        require(hub.getHost() != null && "http".equals(hub.getScheme()), "the URL must be http://host:port");
        require(listeners >= 0 && listeners <= 19_000, "--listeners must be 0 to 19000");
        require(channels >= 1, "--channels must be at least 1");
        require(listeners == 0 || channels <= listeners, "--channels must be at most the number of listeners");
        require(batch >= 1 && batch <= 10_000, "--batch must be 1 to 10000");
        require(publishers >= 1 && publishers <= 1000, "--publishers must be 1 to 1000");
        require(rate >= 0, "--rate must not be negative");
        require(window >= 1, "--window must be at least 1");
        require(payload >= MIN_PAYLOAD, "--payload must be at least " + MIN_PAYLOAD + " bytes");
        require((long) batch * payload <= MAX_REQUEST, "--batch times --payload must be at most " + MAX_REQUEST);
        require(!duration.isZero() && !duration.isNegative(), "--duration must be longer than 0");
    }

    static void require(boolean holds, String rule) {
        if (!holds) {
            throw new IllegalArgumentException(rule);
        }
    }

    /** How a channel is published to. */
    PublishRequest publishing(int channel) {
        return batch == 1 ? dialect.publish(this, channel) : dialect.publishAll(this, channel);
    }

    /** The port of a hub. */
    static int port(URI hub) {
        return hub.getPort() < 0 ? 80 : hub.getPort();
    }
}
