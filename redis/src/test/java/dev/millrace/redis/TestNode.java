package dev.millrace.redis;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Loop;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** A real hub on a real Redis, with an event loop of its own. */
final class TestNode implements AutoCloseable {
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "test-loop");
        daemon.setDaemon(true);
        return daemon;
    });
    private final LongAdder tasks = new LongAdder();
    private final Loop loop = new Loop() {
        @Override
        public void every(Duration period, Runnable task) {
            thread.scheduleAtFixedRate(task, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        }

        @Override
        public void execute(Runnable task) {
            tasks.increment();
            if (!thread.isShutdown()) {
                thread.execute(task);
            }
        }
    };
    private final RedisNode node;
    private final Hub hub;

    TestNode(RedisSettings settings) {
        node = RedisNode.start(settings);
        hub = Hub.builder()
                .log(node.log())
                .presence(node.presence())
                .bookmarks(node.bookmarks())
                .build();
    }

    TestNode(String url) {
        this(RedisSettings.of(url));
    }

    /** The settings of a node that leaves at once what nobody listens to. */
    static RedisSettings hasty(String url) {
        return RedisSettings.of(url).linger(Duration.ZERO);
    }

    /** The channels that any node hears, but for the hub's own, and with what all of them are. */
    static Set<String> heard(RedisServer server) {
        List<String> topics = server.ask(redis -> redis.pubsubChannels("{millrace}:live*"));
        return topics.stream().filter(topic -> !topic.contains(":$")).collect(Collectors.toCollection(TreeSet::new));
    }

    Hub hub() {
        return hub;
    }

    RedisNode node() {
        return node;
    }

    Loop loop() {
        return loop;
    }

    /** How many tasks its event loop was given. */
    long tasks() {
        return tasks.sum();
    }

    /** Publishes, and waits for the answer. */
    Position publish(String channel, String data) {
        return answer(hub.publish(channel, data).toCompletableFuture());
    }

    Position publish(Publication publication) {
        return answer(hub.publish(publication)
                .thenApply(receipt -> receipt.position())
                .toCompletableFuture());
    }

    Position publish(String channel, String data, String key) {
        return publish(Publication.to(ChannelName.of(channel), data).withKey(key));
    }

    static <T> T answer(CompletableFuture<T> stage) {
        try {
            return stage.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Override
    public void close() {
        hub.close();
        thread.shutdownNow();
    }
}
