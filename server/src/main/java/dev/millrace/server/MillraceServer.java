package dev.millrace.server;

import dev.millrace.hub.Hub;
import dev.millrace.log.AgeClock;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.http.HttpServer;
import dev.millrace.server.http.Probes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A hub and its HTTP server, started.
 *
 * <pre>{@code
 * try (MillraceServer server = MillraceServer.builder().port(0).start()) {
 *     server.hub().publish("orders/42", "status", "{\"state\":\"shipped\"}");
 * }
 * }</pre>
 */
public final class MillraceServer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(10);

    private final Hub hub;
    private final Authenticator authenticator;
    private final HttpServer http;
    private final Meters meters;
    private final @Nullable SystemMetrics metrics;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile @Nullable String unready = "the hub is starting";

    private MillraceServer(Settings settings, Clock clock, LongSupplier monotonicMillis) throws IOException {
        SettingRules rules = new SettingRules(settings);
        rules.check();
        authenticator = rules.authenticator(clock);
        Storage storage = open(settings, rules, clock, new AgeClock(clock, monotonicMillis));
        meters = new Meters(System::nanoTime);
        hub = storage.hub()
                .settings(rules.hub())
                .clock(clock)
                .monotonicClock(monotonicMillis)
                .observer(meters.observer())
                .build();
        Supplier<Optional<String>> trouble = () -> Optional.ofNullable(unready).or(storage.trouble());
        try {
            http = HttpServer.start(
                    rules.http(), hub, authenticator, new Probes(trouble, meters::text), clock, System::nanoTime);
        } catch (IOException | RuntimeException e) {
            hub.close();
            authenticator.close();
            meters.close();
            throw e;
        }
        meters.show(hub, http, trouble, settings);
        metrics = settings.systemMetrics ? SystemMetrics.publishTo(hub, clock) : null;
        unready = null;
    }

    private Storage open(Settings settings, SettingRules rules, Clock clock, Clock ages) {
        try {
            return Storage.open(settings, rules.retention(), rules.redis(), clock, ages);
        } catch (RuntimeException e) {
            authenticator.close();
            throw e;
        }
    }

    /** A server with the standard settings, to be changed. */
    public static Builder builder() {
        return new Builder();
    }

    static MillraceServer start(Settings settings) throws IOException {
        return new MillraceServer(settings, Clock.systemUTC(), MillraceServer::uptimeMillis);
    }

    private static long uptimeMillis() {
        return System.nanoTime() / 1_000_000;
    }

    /** The hub. */
    public Hub hub() {
        return hub;
    }

    /** The port on which it listens. */
    public int port() {
        return http.address().getPort();
    }

    /** Where it is reached. */
    public URI uri() {
        String host = http.address().getAddress().getHostAddress();
        return URI.create((http.isSecure() ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host)
                + ":" + port());
    }

    /** How many connections are open, streams and others. */
    long connections() {
        return http.connections();
    }

    /**
     * Takes no new streams, tells the open ones to come back elsewhere, and waits until all connections have ended; at most so long.
     * Events are published until the end.
     */
    public void drain(Duration atMost) {
        unready = "the hub is stopping";
        hub.drain();
        http.drain();
        long end = System.nanoTime() + atMost.toNanos();
        while (http.connections() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Ends everything at once. */
    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        unready = "the hub has stopped";
        if (metrics != null) {
            metrics.close();
        }
        hub.close();
        http.close();
        authenticator.close();
        meters.close();
    }

    /** Puts a server together; what is left out has its standard. Every flag of the program is a method here. */
    public static final class Builder {
        private final Settings settings = new Settings();
        private Clock clock = Clock.systemUTC();
        private LongSupplier monotonicMillis = MillraceServer::uptimeMillis;

        private Builder() {}

        /** The port; 0 takes a free one. */
        public Builder port(int port) {
            settings.port = port;
            return this;
        }

        /** The address to listen on. */
        public Builder host(String address) {
            settings.host = address;
            return this;
        }

        /** How many events of each channel are retained. */
        public Builder historySize(int events) {
            settings.historySize = events;
            return this;
        }

        /** How long events are retained. */
        public Builder historyTtl(Duration age) {
            settings.historyTtl = age;
            return this;
        }

        /** How much memory the events of all channels may take, in bytes. */
        public Builder historyMemory(long bytes) {
            settings.historyMemory = bytes;
            return this;
        }

        /** Where history, inboxes and idempotency keys are kept on disk. */
        public Builder dataDir(Path directory) {
            settings.dataDir = directory;
            return this;
        }

        /** How large the history on disk may grow, in bytes. */
        public Builder historyDisk(long bytes) {
            settings.historyDisk = bytes;
            return this;
        }

        /** The Redis that joins many nodes to one hub. */
        public Builder redisUrl(String url) {
            settings.redisUrl = url;
            return this;
        }

        /** What the keys on Redis begin with. */
        public Builder redisPrefix(String prefix) {
            settings.redisPrefix = prefix;
            return this;
        }

        /** About how much memory the history may take on Redis, in bytes. */
        public Builder redisMemory(long bytes) {
            settings.redisMemory = bytes;
            return this;
        }

        /** How long the start waits for a Redis that is not there. */
        public Builder redisWait(Duration patience) {
            settings.redisWait = patience;
            return this;
        }

        /** The channels whose user gets, on a first connect without an id, what came since their last stream ended. */
        public Builder inbox(String... patterns) {
            settings.inbox = List.of(patterns);
            return this;
        }

        /** How long a stream may be silent before it gets a heartbeat. */
        public Builder heartbeat(Duration interval) {
            settings.heartbeat = interval;
            return this;
        }

        /** How long clients wait before they come back. */
        public Builder retry(Duration wait) {
            settings.retry = wait;
            return this;
        }

        /** The most streams at a time. */
        public Builder maxConnections(int streams) {
            settings.maxConnections = streams;
            return this;
        }

        /** The most streams of one address. */
        public Builder maxConnectionsPerIp(int streams) {
            settings.maxConnectionsPerIp = streams;
            return this;
        }

        /** How long a stream may last. */
        public Builder maxAge(Duration age) {
            settings.maxAge = age;
            return this;
        }

        /** A listener that takes no byte for so long is dropped. */
        public Builder writeTimeout(Duration timeout) {
            settings.writeTimeout = timeout;
            return this;
        }

        /** Addresses and networks whose {@code X-Forwarded-…} headers count. */
        public Builder trustedProxies(String... addresses) {
            settings.trustedProxies = List.of(addresses);
            return this;
        }

        /** The most bytes of an event's data. */
        public Builder maxEventSize(long bytes) {
            settings.maxEventSize = bytes;
            return this;
        }

        /** The most channels and patterns of one stream. */
        public Builder maxChannelsPerClient(int channels) {
            settings.maxChannelsPerClient = channels;
            return this;
        }

        /** The most events a second of one token or address. */
        public Builder publishRate(int eventsPerSecond) {
            settings.publishRate = eventsPerSecond;
            return this;
        }

        /** The origins whose pages may use the hub; {@code *} for any. */
        public Builder corsOrigin(String... origins) {
            settings.corsOrigin = List.of(origins);
            return this;
        }

        /** The key of HS256 tokens. */
        public Builder jwtSecret(String secret) {
            settings.jwtSecret = secret;
            return this;
        }

        /** The public key of tokens, as PEM text or the name of a PEM file. */
        public Builder jwtPublicKey(String pem) {
            settings.jwtPublicKey = pem;
            return this;
        }

        /** Where the issuer of tokens publishes its keys. */
        public Builder jwksUrl(URI url) {
            settings.jwksUrl = url.toString();
            return this;
        }

        /** The only issuer whose tokens are taken. */
        public Builder jwtIssuer(String issuer) {
            settings.jwtIssuer = issuer;
            return this;
        }

        /** The audience that tokens must name. */
        public Builder jwtAudience(String audience) {
            settings.jwtAudience = audience;
            return this;
        }

        /** The channels that may be listened to without a token. */
        public Builder publicChannels(String... patterns) {
            settings.publicChannels = List.of(patterns);
            return this;
        }

        /** Opens it to all, on every interface, without a key. */
        public Builder anonymous(boolean isOpen) {
            settings.anonymous = isOpen;
            return this;
        }

        /** TLS and HTTP/2 with this certificate chain and key, both PEM; taken up again when the files change. */
        public Builder tls(Path certificate, Path key) {
            settings.tlsCert = certificate;
            settings.tlsKey = key;
            return this;
        }

        /** Whether the hub's and the machine's figures are published to {@code $system}. */
        public Builder systemMetrics(boolean isOn) {
            settings.systemMetrics = isOn;
            return this;
        }

        /** Whether each request and each stream is logged when it is over. */
        public Builder accessLog(boolean isOn) {
            settings.accessLog = isOn;
            return this;
        }

        /** The clock of the wall: for times and ages of events, and ends of permissions. */
        public Builder clock(Clock wall) {
            clock = wall;
            return this;
        }

        /** A clock that never jumps back, in milliseconds: for heartbeats, and ages and timeouts of streams. */
        public Builder monotonicClock(LongSupplier millis) {
            monotonicMillis = millis;
            return this;
        }

        /**
         * Starts it.
         *
         * @throws IllegalArgumentException that names the setting that can't be
         * @throws UncheckedIOException if it can't listen on its port
         */
        public MillraceServer start() {
            try {
                return new MillraceServer(settings, clock, monotonicMillis);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
