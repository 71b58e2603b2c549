package dev.millrace.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What this node hears on its live link: events, and what other nodes ask, order and answer. */
final class Ear {
    private static final System.Logger LOGGER = System.getLogger(Ear.class.getName());

    private final Tail tail;
    private final byte[][] channels;
    private final Map<String, Consumer<byte[]>> takers;

    /** @param id of this node */
    Ear(Keys keys, String id, Tail tail, RedisPresence presence) {
        this.tail = tail;
        this.channels = new byte[][] {keys.live(), keys.ask(), keys.order(), keys.node(id)};
        this.takers = Map.of(
                text(keys.live()), this::event,
                text(keys.ask()), message -> Batch.open(message, presence::asked),
                text(keys.order()), message -> Batch.open(message, presence::ordered),
                text(keys.node(id)), message -> Batch.open(message, presence::answered));
    }

    /** Listens on a new connection. */
    CompletionStage<Void> listen(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                hear(text(channel), message);
            }
        });
        return connection
                .async()
                .subscribe(channels)
                .thenAccept(done -> tail.seen().ifPresent(seen -> tail.fill())); // what was said before
    }

    private void hear(String channel, byte[] message) {
        Consumer<byte[]> taker = takers.get(channel);
        try {
            if (taker != null) {
                taker.accept(message);
            }
        } catch (RuntimeException e) { // one message must not end the link
            LOGGER.log(System.Logger.Level.WARNING, "a message on " + channel + " was not taken", e);
            tail.fill();
        }
    }

    private void event(byte[] bytes) {
        Optional<LiveMessage> message = LiveMessage.parse(bytes);
        if (message.isPresent()) {
            tail.hear(message.get());
        } else {
            LOGGER.log(System.Logger.Level.WARNING, "an event is not understood");
            tail.fill();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
