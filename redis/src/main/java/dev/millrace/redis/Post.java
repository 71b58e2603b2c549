package dev.millrace.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends messages to channels of Pub/Sub; those that come while one is on its way to the same channel go together in the next.
 * Thread-safe.
 *
 * <p>So what thousands of streams need at once, when a node has gone and its clients come back, costs Redis little more than what
 * one needs.
 */
final class Post {
    private static final int MAX_BYTES = 512 * 1024; // that go together

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Letter(byte[] bytes, CompletableFuture<Long> heard) {}

    private final Link<StatefulRedisConnection<byte[], byte[]>> link;
    private final Map<String, Deque<Letter>> waiting = new HashMap<>(); // where one is on its way; guarded by this

    Post(Link<StatefulRedisConnection<byte[], byte[]>> link) {
        this.link = link;
    }

    /** Sends a message; completes with how many have heard it. */
    CompletionStage<Long> send(byte[] to, byte[] message) {
        String channel = new String(to, StandardCharsets.UTF_8);
        Letter letter = new Letter(message, new CompletableFuture<>());
        if (!waits(channel, letter)) {
            send(channel, List.of(letter));
        }
        return letter.heard();
    }

    /** Puts it with those that wait, where one is on its way already. */
    private synchronized boolean waits(String channel, Letter letter) {
        Deque<Letter> box = waiting.get(channel);
        if (box == null) {
            waiting.put(channel, new ArrayDeque<>());
            return false;
        }
        return box.add(letter);
    }

    private void send(String channel, List<Letter> letters) {
        publish(channel, Batch.of(letters.stream().map(Letter::bytes).toList())).whenComplete((nodes, failure) -> {
            List<Letter> next = next(channel);
            if (!next.isEmpty()) {
                send(channel, next);
            }
            for (Letter letter : letters) {
                if (failure == null) {
                    letter.heard().complete(nodes);
                } else {
                    letter.heard().completeExceptionally(failure);
                }
            }
        });
    }

    private synchronized List<Letter> next(String channel) {
        List<Letter> next = new ArrayList<>();
        Deque<Letter> box = waiting.getOrDefault(channel, new ArrayDeque<>());
        int bytes = 0;
        while (!box.isEmpty() && (next.isEmpty() || bytes + box.element().bytes().length <= MAX_BYTES)) {
            bytes += box.element().bytes().length;
            next.add(box.remove());
        }
        if (next.isEmpty()) {
            waiting.remove(channel);
        }
        return next;
    }

    private CompletionStage<Long> publish(String channel, byte[] message) {
        try {
            return link.current()
                    .orElseThrow(() -> new IllegalStateException("Redis is not there"))
                    .async()
                    .publish(channel.getBytes(StandardCharsets.UTF_8), message);
        } catch (RuntimeException e) { // a connection that is closed may say so at once
            return CompletableFuture.failedFuture(e);
        }
    }
}
