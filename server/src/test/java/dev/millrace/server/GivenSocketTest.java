package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GivenSocketTest {
    @Test
    void isTheFirstDescriptorAfterTheStandardOnes() {
        assertThat(GivenSocket.in(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"), 42))
                .hasValue(3);
    }

    @Test
    void isNotTakenFromAnotherProcess() {
        assertThat(GivenSocket.in(Map.of("LISTEN_PID", "41", "LISTEN_FDS", "1"), 42))
                .isEmpty();
        assertThat(GivenSocket.in(Map.of(), 42)).isEmpty();
    }

    @Test
    void isOneAtMost() {
        assertThatThrownBy(() -> GivenSocket.in(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2"), 42))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining("ListenStream=");
    }
}
