package dev.millrace.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What opens connections to one Redis, and the threads that serve them. Thread-safe. */
final class Dialer implements AutoCloseable {
    private static final long QUIET_MILLIS =
            100; // so long the threads outlive their connections, for the last word of those

    private final RedisURI uri;
    private final ClientResources resources;
    private final RedisClient client;

    /** @param node for which it is: the name of its connections on Redis */
    Dialer(RedisURI uri, String node) {
        this.uri = uri;
        uri.setTimeout(Duration.ofMillis(Link.ANSWER_MILLIS));
        uri.setClientName("millrace-" + node);
        resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .build();
        client = RedisClient.create(resources);
        client.setOptions(options());
    }

    private static ClientOptions options() {
        return ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(Duration.ofMillis(Link.ANSWER_MILLIS))
                        .build())
                .timeoutOptions(TimeoutOptions.builder()
                        .fixedTimeout(Duration.ofMillis(Link.ANSWER_MILLIS))
                        .build())
                .build();
    }

    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
        return client.connectAsync(ByteArrayCodec.INSTANCE, uri);
    }

    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectLive() {
        return client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri);
    }

    /** Closes all connections. Does not wait until they are. */
    @Override
    public void close() {
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .whenComplete((done, failure) -> resources.shutdown(QUIET_MILLIS, 1000, TimeUnit.MILLISECONDS));
    }
}
