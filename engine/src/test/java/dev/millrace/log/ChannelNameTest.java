package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"x", "ж", "𝒜"})
    void isTwoHundredCharactersLongAtMost(String letter) {
        String longest = letter.repeat(200);

        assertThat(ChannelName.of(longest).value()).isEqualTo(longest);
        assertThatThrownBy(() -> ChannelName.of(longest + letter))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("200 characters");
        assertThatThrownBy(() -> ChannelSet.of(longest + letter + "*"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("200 characters");
    }
}
