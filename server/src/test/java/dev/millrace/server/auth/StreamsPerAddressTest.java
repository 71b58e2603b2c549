package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class StreamsPerAddressTest {
    private final ClientAddress ann = new ClientAddress("203.0.113.7");
    private final ClientAddress bob = new ClientAddress("203.0.113.8");
    private final StreamsPerAddress streams = new StreamsPerAddress(2);

    @Test
    void countsEachAddressUpToTheLimit() {
        assertThat(streams.tryAcquire(ann)).isTrue();
        assertThat(streams.tryAcquire(ann)).isTrue();
        assertThat(streams.tryAcquire(ann)).isFalse();
        assertThat(streams.tryAcquire(bob)).isTrue();
        streams.release(ann);
        assertThat(streams.tryAcquire(ann)).isTrue();
        assertThat(streams.tryAcquire(ann)).isFalse();
    }

    @Test
    void forgetsAddressesWithoutStreams() {
        for (int i = 0; i < 3; i++) {
            streams.tryAcquire(ann);
        }
        streams.tryAcquire(bob);
        streams.release(ann);
        streams.release(ann);
        streams.release(bob);

        assertThat(streams.addresses()).isZero();
    }

    @Test
    void wantsALimitThatLetsSomebodyIn() {
        assertThatThrownBy(() -> new StreamsPerAddress(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
