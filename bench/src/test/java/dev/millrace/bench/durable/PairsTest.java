package dev.millrace.bench.durable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.bench.durable.Pairs.Quartiles;
import dev.millrace.bench.durable.Pairs.Window;
import org.junit.jupiter.api.Test;

class PairsTest {
    @Test
    void tellsTheMedianOfThePairsRatiosAndNotTheRatioOfMedians() {
        Pairs pairs = new Pairs();
        pairs.add(window(100, 1, 10), window(50, 2, 20));
        pairs.add(window(10, 8, 80), window(10, 8, 80));
        pairs.add(window(40, 4, 40), window(20, 8, 120));

        assertThat(pairs.text())
                .contains("medians of 3 pairs", "alone              40 deliveries/s  p50 4.00  p99 40.00 ms")
                .contains("beside replay      20 deliveries/s  p50 8.00  p99 80.00 ms")
                .contains("deliveries 0.50 (0.50 to 0.75)   p50 2.00 (1.50 to 2.00)   p99 2.00 (1.50 to 2.50)");
    }

    @Test
    void areCleanIfAllWindowsAre() {
        Pairs pairs = new Pairs();
        pairs.add(window(1, 1, 1), window(1, 1, 1));
        assertThat(pairs.areClean()).isTrue();
        pairs.add(window(1, 1, 1), new Window(1, 1, 1, 0, false));
        assertThat(pairs.areClean()).isFalse();
        assertThat(pairs.text()).contains("NOT CLEAN");
    }

    @Test
    void takesAQuartileBetweenTwoValuesWhereNoneIsThere() {
        assertThat(Quartiles.of(4, 1, 3, 2)).isEqualTo(new Quartiles(1.75, 2.5, 3.25));
        assertThat(Quartiles.of(5)).isEqualTo(new Quartiles(5, 5, 5));
    }

    private static Window window(double deliveries, double p50, double p99) {
        return new Window(deliveries, p50, p99, 0, true);
    }
}
