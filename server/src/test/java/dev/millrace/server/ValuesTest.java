package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "500ms,500,500ms",
        "30s,30000,30s",
        "90s,90000,90s",
        "2m,120000,2m",
        "24h,86400000,24h",
        "7d,604800000,168h"
    })
    void readsAndWritesDurations(String text, long millis, String shortest) {
        assertThat(Values.duration(text)).hasMillis(millis);
        assertThat(Values.text(Values.duration(text))).isEqualTo(shortest);
    }

    @ParameterizedTest
    @CsvSource({"1024,1024", "64KiB,65536", "10MiB,10485760", "1GiB,1073741824", "5B,5"})
    void readsSizes(String text, long bytes) {
        assertThat(Values.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "5 s", "-5s", "s", "5sec", "1.5h", "999999999999999h"})
    void refusesOtherDurations(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Values.duration(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5KB", "5kib", "-5", "1.5MiB", "999999999999999GiB"})
    void refusesOtherSizes(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Values.bytes(text));
    }
}
