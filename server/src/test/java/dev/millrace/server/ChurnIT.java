package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PoolArenaMetric;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 5000 listeners come, receive, and leave in every way; then everything is as it was. */
class ChurnIT {
    private static final int ROUNDS = 5;
    private static final int LISTENERS = 1000;
    private static final long SLACK_BYTES = 1 << 20;
    private static final int POOLED = 100; // what threads keep at hand for next time

    private final MillraceServer server = MillraceServer.builder()
            .port(0)
            .heartbeat(Duration.ofSeconds(1)) // a stream that ended is forgotten when its next look was due
            .writeTimeout(Duration.ofSeconds(2))
            .historyMemory(1 << 20)
            .start();

    @Test
    void leavesNothingBehind() throws Exception {
        try (server) {
            round(0); // what is made once is made
            settle();
            long descriptors = descriptors();
            long buffers = buffers();
            long heap = heap();
            for (int i = 1; i <= ROUNDS; i++) {
                round(i);
            }
            settle();
            assertThat(buffers()).isLessThanOrEqualTo(buffers + POOLED);
            assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
            await().untilAsserted(() -> assertThat(heap()).isLessThan(heap + SLACK_BYTES));
        }
    }

    private void round(int number) throws Exception {
        String channel = "round/" + number;
        List<RawConnection> listeners = new ArrayList<>();
        List<RawConnection> unfinished = new ArrayList<>();
        for (int i = 0; i < LISTENERS; i++) {
            RawConnection connection = RawConnection.to(server, i % 4 == 3 ? 4096 : 0);
            connection.sendHead("GET", "/events/" + channel + "?clientId=churning-client-" + number + "-" + i);
            listeners.add(connection);
            if (i % 10 == 0) {
                unfinished.add(RawConnection.to(server).send("GET /events/x HTTP/1.1\r\nHo"));
            }
        }
        await().untilAsserted(() ->
                assertThat(server.hub().statistics().connections()).isEqualTo(LISTENERS));
        for (RawConnection connection : listeners) {
            connection.send("bytes that a listener has no business to send");
        }
        server.hub().publish(channel, "hello").toCompletableFuture().join();
        for (int i = 0; i < LISTENERS; i++) {
            if (i % 4 != 3) {
                requireHello(listeners.get(i));
            }
        }
        leave(listeners, unfinished, channel);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(server.hub().statistics().connections()).isZero();
            assertThat(server.connections()).isZero();
        });
        for (RawConnection connection : listeners) {
            connection.close();
        }
    }

    private static void requireHello(RawConnection connection) throws IOException {
        TestStream stream = TestStream.on(connection);
        assertThat(stream.nextEvent().event()).isEqualTo("connected");
        assertThat(stream.nextEvent().data()).isEqualTo("hello");
    }

    /** By FIN, by RST, by closing one half, and by reading no more. */
    private void leave(List<RawConnection> listeners, List<RawConnection> unfinished, String channel) throws Exception {
        for (RawConnection connection : unfinished) {
            connection.close();
        }
        for (int i = 0; i < LISTENERS; i++) {
            RawConnection connection = listeners.get(i);
            switch (i % 4) {
                case 0 -> connection.close();
                case 1 -> {
                    connection.socket().setSoLinger(true, 0);
                    connection.close();
                }
                case 2 -> connection.socket().shutdownOutput();
                default -> {} // silent: it takes nothing, and says nothing
            }
        }
        String much = "x".repeat(200_000);
        for (int i = 0; i < 40; i++) {
            server.hub().publish(channel, much).toCompletableFuture().join();
            server.hub().room().toCompletableFuture().join();
        }
    }

    private void settle() {
        await().untilAsserted(() -> assertThat(server.connections()).isZero());
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static long buffers() {
        return PooledByteBufAllocator.DEFAULT.metric().directArenas().stream()
                .mapToLong(PoolArenaMetric::numActiveAllocations)
                .sum();
    }

    private static long heap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
