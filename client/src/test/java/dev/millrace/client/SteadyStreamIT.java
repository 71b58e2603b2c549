package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the wait before the next try falls back to a first one, on a clock that is turned by hand. */
@Timeout(60)
class SteadyStreamIT {

    private final AtomicLong nanos = new AtomicLong();

    @Test
    void waitsLongerEachTimeWhereAConnectionDoesNotHold() throws Exception {
        assertThat(waitsAfterConnectionsOf(Duration.ofMillis(4900)))
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void waitsAsShortlyAsAtFirstOnceAConnectionHasHeld() throws Exception {
        assertThat(waitsAfterConnectionsOf(Duration.ofSeconds(5))).containsOnly(Duration.ofSeconds(1));
    }

    /** How long a stream means to wait after each of seven connections that held for so long. */
    private List<Duration> waitsAfterConnectionsOf(Duration held) throws Exception {
        List<Duration> waits = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer()) {
            EventStreamBuilder settings =
                    EventStream.builder(server.uri("/events")).backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
            try (EventStream stream = new EventStream(settings, nanos::get, longest())) {
                Values values = new Values(stream);
                for (int i = 0; i < 7; i++) {
                    ScriptedServer.Exchange exchange = server.take().stream("data: a\n\n");
                    values.message();
                    nanos.addAndGet(held.toNanos());
                    exchange.reset();
                    waits.add(values.fault().retryIn().orElseThrow());
                    stream.restart();
                }
            }
        }
        return waits;
    }

    /** A jitter that always comes to the whole bound. */
    private static RandomGenerator longest() {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public long nextLong(long bound) {
                return bound - 1;
            }
        };
    }
}
