package dev.millrace.server;

import dev.millrace.redis.RedisSettings;
import dev.millrace.sqlite.SqliteSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Every setting of a server: its flag, what it does, its default. The one place where they stand.
 *
 * <p>Filled from flags, environment and file, or by {@link MillraceServer.Builder}; then read only. What stands here as absent has
 * no default, or one that follows from others. A secret's description begins with "Secret:".
 */
final class Settings {
    /** The listening socket that the process was given; no flag, since only who starts the process can give it. */
    OptionalInt givenSocket = OptionalInt.empty();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on; 0 takes a free one. Default: 8080.")
    int port = 8080;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on. Default: 127.0.0.1; 0.0.0.0 with a key or --anonymous.")
    @Nullable
    String host;

    @Option(
            names = "--history-size",
            paramLabel = "N",
            description = "How many events of each channel are retained. Default: 1000.")
    int historySize = 1000;

    @Option(
            names = "--history-ttl",
            paramLabel = "DURATION",
            description = "How long events are retained. Default: 24h.")
    Duration historyTtl = Duration.ofHours(24);

    @Option(
            names = "--history-memory",
            paramLabel = "SIZE",
            description =
                    "How much memory the events of all channels may take; the oldest go first. Default: a quarter of the"
                            + " memory.")
    @Nullable
    Long historyMemory;

    @Option(
            names = "--data-dir",
            paramLabel = "FOLDER",
            description = "Where history, inboxes and idempotency keys are kept on disk. Default: none, memory only.")
    @Nullable
    Path dataDir;

    @Option(
            names = "--history-disk",
            paramLabel = "SIZE",
            description = "How large the history in --data-dir may grow; the oldest events go first. Default: 16GiB.")
    long historyDisk = SqliteSettings.STANDARD_DISK_BYTES;

    @Option(
            names = "--redis-url",
            paramLabel = "URL",
            description = "Secret: Redis that joins many nodes to one hub. Default: none, one node.")
    @Nullable
    String redisUrl;

    @Option(names = "--redis-url-file", paramLabel = "FILE", description = "A file that holds --redis-url.")
    @Nullable
    Path redisUrlFile;

    @Option(
            names = "--redis-prefix",
            paramLabel = "NAME",
            description = "What the keys on Redis begin with: hubs with one prefix are one hub. Default: millrace.")
    String redisPrefix = RedisSettings.STANDARD_PREFIX;

    @Option(
            names = "--redis-memory",
            paramLabel = "SIZE",
            description = "About how much memory the history may take on Redis; the oldest go first. Default: 1GiB.")
    long redisMemory = 1L << 30;

    @Option(
            names = "--redis-wait",
            arity = "0..1",
            fallbackValue = "3650d",
            paramLabel = "DURATION",
            description =
                    "How long the start waits for a Redis that is not there; without a value, for ever. Default: it fails.")
    Duration redisWait = Duration.ZERO;

    @Option(
            names = "--inbox",
            paramLabel = "PATTERN",
            split = ",",
            description =
                    "Channels whose user gets, on a first connect without an id, what came since their last stream ended;"
                            + " repeatable. Default: user:*.")
    List<String> inbox = new ArrayList<>(List.of("user:*"));

    @Option(
            names = "--heartbeat",
            paramLabel = "DURATION",
            description = "How long a stream may be silent before it gets a heartbeat. Default: 30s.")
    Duration heartbeat = Duration.ofSeconds(30);

    @Option(
            names = "--retry",
            paramLabel = "DURATION",
            description = "How long clients wait before they come back. Default: 3s.")
    Duration retry = Duration.ofSeconds(3);

    @Option(names = "--max-connections", paramLabel = "N", description = "The most streams at a time. Default: 10000.")
    int maxConnections = 10_000;

    @Option(
            names = "--max-connections-per-ip",
            paramLabel = "N",
            description = "The most streams of one address (IPv6: one /64). Default: no limit.")
    @Nullable
    Integer maxConnectionsPerIp;

    @Option(
            names = "--max-age",
            paramLabel = "DURATION",
            description = "How long a stream may last before it is told to reconnect. Default: no limit.")
    @Nullable
    Duration maxAge;

    @Option(
            names = "--write-timeout",
            paramLabel = "DURATION",
            description = "A listener that takes no byte for so long is dropped. Default: 30s.")
    Duration writeTimeout = Duration.ofSeconds(30);

    @Option(
            names = "--drain",
            paramLabel = "DURATION",
            description = "How long the end may take after SIGTERM. Default: 10s.")
    Duration drain = Duration.ofSeconds(10);

    @Option(
            names = "--trusted-proxies",
            paramLabel = "ADDRESS",
            split = ",",
            description =
                    "Addresses and networks whose X-Forwarded-For, -Proto and -Host count; repeatable. Default: none.")
    List<String> trustedProxies = new ArrayList<>();

    @Option(
            names = "--max-event-size",
            paramLabel = "SIZE",
            description = "The most bytes of an event's data. Default: 256KiB.")
    long maxEventSize = 256 * 1024;

    @Option(
            names = "--max-channels-per-client",
            paramLabel = "N",
            description = "The most channels and patterns of one stream. Default: 100.")
    int maxChannelsPerClient = 100;

    @Option(
            names = "--publish-rate",
            paramLabel = "N",
            description = "The most events a second of one token or address. Default: no limit.")
    @Nullable
    Integer publishRate;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            split = ",",
            description =
                    "An origin whose pages may use the hub, with credentials; repeatable; * for any, without. Default:"
                            + " none but the hub's own.")
    List<String> corsOrigin = new ArrayList<>();

    @Option(
            names = "--jwt-secret",
            paramLabel = "SECRET",
            description = "Secret: key of HS256 tokens, of at least 32 bytes. Default: none.")
    @Nullable
    String jwtSecret;

    @Option(names = "--jwt-secret-file", paramLabel = "FILE", description = "A file that holds --jwt-secret.")
    @Nullable
    Path jwtSecretFile;

    @Option(
            names = "--jwt-public-key",
            paramLabel = "PEM",
            description = "Public key of RS, PS, ES or EdDSA tokens: a PEM file, or PEM text. Default: none.")
    @Nullable
    String jwtPublicKey;

    @Option(
            names = "--jwks-url",
            paramLabel = "URL",
            description = "Where the issuer of tokens publishes its keys. Default: none.")
    @Nullable
    String jwksUrl;

    @Option(
            names = "--jwt-issuer",
            paramLabel = "ISSUER",
            description = "The only issuer (iss) whose tokens are taken. Default: any.")
    @Nullable
    String jwtIssuer;

    @Option(
            names = "--jwt-audience",
            paramLabel = "AUDIENCE",
            description = "The audience (aud) that tokens must name. Default: any.")
    @Nullable
    String jwtAudience;

    @Option(
            names = "--public",
            paramLabel = "PATTERN",
            split = ",",
            description = "Channels that may be listened to without a token; repeatable. Default: none.")
    List<String> publicChannels = new ArrayList<>();

    @Option(
            names = "--anonymous",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOLEAN",
            description = "Open to all, on every interface, without a key. Default: off.")
    boolean anonymous;

    @Option(
            names = "--system-metrics",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOLEAN",
            description = "Publish the hub's and the machine's figures to $system every 2 s. Default: off.")
    boolean systemMetrics;

    @Option(
            names = "--access-log",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOLEAN",
            description = "Log each request and each stream when it is over, without tokens. Default: off.")
    boolean accessLog;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description = "Certificate chain (PEM), for TLS and HTTP/2. Default: none.")
    @Nullable
    Path tlsCert;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Private key (PEM) of the certificate. Default: none.")
    @Nullable
    Path tlsKey;

    @Option(
            names = "--tls-dev",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "BOOLEAN",
            description = "TLS and HTTP/2 with a certificate made for localhost, for development. Default: off.")
    boolean tlsDev;
}
