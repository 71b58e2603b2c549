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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What opens and closes connections to one Redis, and the threads that serve them. Thread-safe. */
final class Dialer implements AutoCloseable {
    private static final long QUIET_MILLIS =
            100; // so long the threads outlive their connections, for the last word of those

    private final RedisURI uri;
    private final ClientResources resources;
    private final RedisClient client;

    // guarded by this
    private int users = 1; // this, and connections that are being opened or closed
    private boolean isClosed;

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

    /** Opens a connection; fails when the dialer is closed. */
    CompletionStage<StatefulRedisConnection<byte[], byte[]>> connect() {
        return whileOpen(() -> client.connectAsync(ByteArrayCodec.INSTANCE, uri));
    }

    /** Opens a connection for live messages; fails when the dialer is closed. */
    CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> connectLive() {
        return whileOpen(() -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, uri));
    }

    /** Closes this connection. */
    void hangUp(StatefulRedisConnection<byte[], byte[]> connection) {
        whileOpen(connection::closeAsync);
    }

    private <T> CompletionStage<T> whileOpen(Supplier<? extends CompletionStage<T>> action) {
        synchronized (this) {
            if (isClosed) {
                return CompletableFuture.failedFuture(new IllegalStateException("the node is closed"));
            }
            users++;
        }
        return Link.attempt(action).whenComplete((done, failure) -> release());
    }

    /** Closes all connections. Does not wait until they are. */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        release();
    }

    /** The last one ends the threads, so that no connection that opens or closes meets threads that are gone. */
    private void release() {
        synchronized (this) {
            users--;
            if (users > 0) {
                return;
            }
        }
        client.shutdownAsync(0, 1, TimeUnit.SECONDS)
                .whenComplete((done, failure) -> resources.shutdown(QUIET_MILLIS, 1000, TimeUnit.MILLISECONDS));
    }
}
