package dev.millrace.server;

import dev.millrace.hub.HubSettings;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Retention;
import dev.millrace.redis.RedisSettings;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.TrustedProxies;
import dev.millrace.server.http.HttpSettings;
import dev.millrace.server.http.Tls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What settings mean together: the parts' own settings, made of them.
 *
 * <p>Every method throws {@link SettingException}, with one line that names the flag, where a value can't be.
 */
final class SettingRules {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
    private static final long MAX_EVENT_BYTES = 64L << 20;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration LONG = Duration.ofDays(3650);

    private final Settings settings;

    SettingRules(Settings settings) {
        this.settings = settings;
    }

    /** Checks what no part checks by itself. */
    void check() {
        between("--port", settings.port, 0, 65_535);
        between("--history-size", settings.historySize, 1, 100_000_000);
        between("--max-connections", settings.maxConnections, 1, 10_000_000);
        between("--max-channels-per-client", settings.maxChannelsPerClient, 1, 100_000);
        between("--redis-memory", settings.redisMemory, 1 << 20, Long.MAX_VALUE);
        between("--history-disk", settings.historyDisk, 1 << 20, Long.MAX_VALUE);
        between("--max-event-size", settings.maxEventSize, 1, MAX_EVENT_BYTES);
        positive("--history-ttl", settings.historyTtl, LONG);
        positive("--heartbeat", settings.heartbeat, DAY);
        positive("--write-timeout", settings.writeTimeout, DAY);
        if (settings.maxAge != null) {
            positive("--max-age", settings.maxAge, LONG);
        }
        settings.host = host();
        redis();
        if ((settings.tlsCert == null) != (settings.tlsKey == null)) {
            throw new SettingException("--tls-cert and --tls-key go together: give both, or none");
        }
        if (settings.tlsDev && settings.tlsCert != null) {
            throw new SettingException("--tls-dev makes a certificate of its own: leave out --tls-cert and --tls-key");
        }
    }

    private static void between(String flag, long value, long least, long most) {
        if (value < least || value > most) {
            throw new SettingException(flag + " must be between " + least + " and " + most);
        }
    }

    private static void positive(String flag, Duration value, Duration most) {
        if (value.isZero() || value.isNegative() || value.compareTo(most) > 0) {
            throw new SettingException(flag + " must be longer than zero, and at most " + Values.text(most));
        }
    }

    private @Nullable String jwtSecret() {
        return secret("--jwt-secret", settings.jwtSecret, settings.jwtSecretFile);
    }

    private static @Nullable String secret(String flag, @Nullable String value, @Nullable Path file) {
        if (file == null) {
            return value;
        }
        if (value != null) {
            throw new SettingException(flag + " and " + flag + "-file are both given: leave one out");
        }
        return read(flag + "-file", file).stripTrailing();
    }

    private static String read(String flag, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new SettingException(flag + ": can't read " + file);
        }
    }

    private boolean hasKey() {
        return jwtSecret() != null || settings.jwtPublicKey != null || settings.jwksUrl != null;
    }

    private String host() {
        if (settings.anonymous && hasKey()) {
            throw new SettingException("--anonymous opens the hub to all, but a key is given too: leave one out");
        }
        boolean isGuarded = hasKey() || settings.anonymous;
        String host = settings.host == null ? (isGuarded ? "0.0.0.0" : "127.0.0.1") : settings.host;
        if (!isGuarded && !LOOPBACK.contains(host)) {
            throw new SettingException(
                    "--host " + host + " would open the hub to the network without tokens: give a key, such"
                            + " as --jwt-secret, or --anonymous");
        }
        return host;
    }

    Authenticator authenticator(Clock clock) {
        long keys = Stream.of(jwtSecret(), settings.jwtPublicKey, settings.jwksUrl)
                .filter(key -> key != null)
                .count();
        if (keys > 1) {
            throw new SettingException("--jwt-secret, --jwt-public-key and --jwks-url exclude each other: give one");
        }
        Expected expected = new Expected(
                settings.jwtIssuer == null ? "" : settings.jwtIssuer,
                settings.jwtAudience == null ? "" : settings.jwtAudience,
                patterns("--public", settings.publicChannels).entries());
        String secret = jwtSecret();
        String key = settings.jwtPublicKey;
        String url = settings.jwksUrl;
        if (secret != null) {
            return named("--jwt-secret", () -> Authenticator.withSecret(secret, expected, clock));
        } else if (key != null) {
            String pem = key.contains("-----BEGIN") ? key : read("--jwt-public-key", Path.of(key));
            return named("--jwt-public-key", () -> Authenticator.withPublicKey(pem, expected, clock));
        } else if (url != null) {
            return named("--jwks-url", () -> Authenticator.withKeySet(URI.create(url), expected, clock));
        } else if (!settings.publicChannels.isEmpty()) {
            throw new SettingException("--public needs a key: without one, every channel is public");
        }
        return Authenticator.openToAll();
    }

    Retention retention() {
        Retention standard =
                Retention.standard().eventsPerChannel(settings.historySize).age(settings.historyTtl);
        Long memory = settings.historyMemory;
        return memory == null ? standard : named("--history-memory", () -> standard.bytes(memory));
    }

    /** Where Redis is; empty where the hub is one node. */
    Optional<RedisSettings> redis() {
        String url = secret("--redis-url", settings.redisUrl, settings.redisUrlFile);
        if (url == null || url.isEmpty()) {
            return Optional.empty();
        }
        if (settings.dataDir != null) {
            throw new SettingException("--redis-url and --data-dir exclude each other: the history is in one place");
        }
        RedisSettings plain = named("--redis-url", () -> RedisSettings.of(url));
        RedisSettings redis = named("--redis-prefix", () -> plain.prefix(settings.redisPrefix));
        return Optional.of(redis.retention(retention().bytes(settings.redisMemory))
                .windowBytes(retention().bytes())
                .patience(settings.redisWait));
    }

    HubSettings hub() {
        return new HubSettings(
                settings.maxConnections,
                settings.maxChannelsPerClient,
                Math.toIntExact(settings.maxEventSize),
                settings.heartbeat,
                settings.writeTimeout,
                Optional.ofNullable(settings.maxAge),
                patterns("--inbox", settings.inbox));
    }

    HttpSettings http() {
        Integer perAddress = settings.maxConnectionsPerIp;
        if (perAddress != null) {
            between("--max-connections-per-ip", perAddress, 1, Integer.MAX_VALUE);
        }
        Integer rate = settings.publishRate;
        if (rate != null) {
            between("--publish-rate", rate, 1, 1_000_000_000);
        }
        return new HttpSettings(
                host(),
                settings.port,
                settings.retry,
                Optional.ofNullable(perAddress),
                named("--cors-origin", () -> Origins.of(settings.corsOrigin)),
                named("--trusted-proxies", () -> TrustedProxies.of(settings.trustedProxies)),
                Optional.ofNullable(rate),
                tls(),
                settings.systemMetrics,
                settings.accessLog,
                settings.givenSocket);
    }

    private Optional<Tls> tls() {
        Path certificate = settings.tlsCert;
        Path key = settings.tlsKey;
        try {
            if (settings.tlsDev) {
                DevelopmentCertificate made = DevelopmentCertificate.make();
                return Optional.of(Tls.of(made.certificate(), made.key()));
            }
            return certificate == null || key == null ? Optional.empty() : Optional.of(Tls.of(certificate, key));
        } catch (IOException e) {
            throw new SettingException((settings.tlsDev ? "--tls-dev: " : "--tls-cert, --tls-key: ") + e.getMessage());
        }
    }

    private static ChannelSet patterns(String flag, List<String> entries) {
        return named(
                flag,
                () -> ChannelSet.of(
                        entries.stream().filter(entry -> !entry.isEmpty()).toList()));
    }

    private static <T> T named(String flag, Supplier<T> part) {
        try {
            return part.get();
        } catch (IllegalArgumentException e) {
            throw new SettingException(flag + ": " + e.getMessage());
        }
    }
}
