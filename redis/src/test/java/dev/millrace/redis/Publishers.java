package dev.millrace.redis;

import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Publishers that go on until they are stopped, each with its own channel, and count up; they remember what was acknowledged. */
final class Publishers implements AutoCloseable {
    private final Map<String, Set<Integer>> acknowledged = new ConcurrentHashMap<>();
    private final Set<Position> places = ConcurrentHashMap.newKeySet();
    private final Set<Position> twice = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failed = new AtomicInteger();
    private final List<Thread> threads;
    private volatile long longestMillis;
    private volatile boolean isStopped;

    /** One publisher for each node and channel. */
    Publishers(List<TestNode> nodes, int channels, long pauseMillis) {
        threads = java.util.stream.IntStream.range(0, nodes.size() * channels)
                .mapToObj(i -> new Thread(() -> run(nodes.get(i % nodes.size()), "c" + i, pauseMillis)))
                .toList();
        threads.forEach(Thread::start);
    }

    private void run(TestNode node, String channel, long pauseMillis) {
        Set<Integer> own = acknowledged.computeIfAbsent(channel, any -> new ConcurrentSkipListSet<>());
        for (int number = 0; !isStopped; number++) {
            long begun = System.nanoTime();
            try {
                Position place = node.publish(channel, "" + number);
                own.add(number);
                if (!places.add(place)) {
                    twice.add(place);
                }
            } catch (LogUnavailableException e) {
                failed.incrementAndGet();
            }
            longestMillis = Math.max(longestMillis, (System.nanoTime() - begun) / 1_000_000);
            pause(pauseMillis);
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis); // the rate of a publisher, and not a wait for something
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Map<String, Set<Integer>> acknowledged() {
        return acknowledged;
    }

    int count() {
        return acknowledged.values().stream().mapToInt(Set::size).sum();
    }

    int failed() {
        return failed.get();
    }

    /** Places that two events were given. */
    Set<Position> twice() {
        return twice;
    }

    /** The longest that an answer took. */
    long longestMillis() {
        return longestMillis;
    }

    /** Goes on until so many more are acknowledged. */
    void awaitMore(int events) {
        int target = count() + events;
        Waiting.until(() -> count() >= target);
    }

    void stop() {
        isStopped = true;
        for (Thread thread : threads) {
            try {
                thread.join(15_000);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        stop();
    }
}
