package dev.millrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The load generator against a real hub. */
class LoadRunIT {
    @Test
    void countsWhatAHubDelivers() throws Exception {
        try (MillraceServer hub = MillraceServer.builder().port(0).start()) {
            for (LoadPlan plan : List.of(plan(hub.port(), 0, 1), plan(hub.port(), 50, 1), plan(hub.port(), 0, 7))) {
                List<String> lines = new ArrayList<>();
                LoadReport report = new LoadRun(plan, lines::add).run();

                assertThat(report.isClean()).as(report.text()).isTrue();
                assertThat(report.published()).isPositive();
                assertThat(report.bytesPerDelivery()).isGreaterThan(112);
                assertThat(report.seconds()).isNotEmpty();
                assertThat(lines).isNotEmpty();
                assertThat(Chart.of(report)).startsWith("<svg").endsWith("</svg>\n");
            }
        }
    }

    @Test
    void hasOthersStallAndComeBackMeanwhile() throws Exception {
        try (MillraceServer hub = MillraceServer.builder().port(0).start()) {
            LoadReport report = new LoadRun(plan(hub.port(), 50, 1), line -> {})
                    .inCompany(new Company(3, 30, 40))
                    .run();

            assertThat(report.isClean()).as(report.text()).isTrue();
            assertThat(report.returned().seconds()).as(report.text()).isPositive();
            assertThat(report.text()).contains("stalled       3 ", "returned      30 listeners at once, 40 missed");
        }
    }

    @Test
    void saysWhatIsWrongWithAPlan() {
        assertThatThrownBy(() -> new LoadPlan(
                        URI.create("ftp://x"),
                        1,
                        1,
                        1,
                        0,
                        1,
                        1,
                        112,
                        Duration.ZERO,
                        Duration.ofSeconds(1),
                        Optional.empty(),
                        new HubDialect()))
                .hasMessageContaining("http://host:port");
    }

    private static LoadPlan plan(int port, int rate, int batch) {
        return new LoadPlan(
                URI.create("http://127.0.0.1:" + port),
                20,
                4,
                3,
                rate,
                8,
                batch,
                112,
                Duration.ofMillis(200),
                Duration.ofMillis(2200),
                Optional.empty(),
                new HubDialect());
    }
}
