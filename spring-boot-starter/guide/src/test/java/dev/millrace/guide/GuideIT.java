package dev.millrace.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.EventStream;
import dev.millrace.client.StreamEvent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows docs/spring-boot.md to the letter. */
class GuideIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path folder;

    private static GuidePage guide;
    private static Shop shop;

    @BeforeAll
    static void build() throws Exception {
        guide = GuidePage.read();
        shop = Shop.start(guide, folder);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    private static void ship() throws Exception {
        assertThat(shop.command(guide.commands().get(1)).waitFor(30, TimeUnit.SECONDS))
                .isTrue();
    }

    @Test
    void theProjectNamesTheStarterAndTheSpringBootThatItIsMadeFor() throws Exception {
        String pom = guide.file("pom.xml");
        String own = Files.readString(Path.of("pom.xml"));
        assertThat(value(pom, "spring-boot-starter-parent</artifactId>\\s*<version>(.*?)</version>"))
                .isEqualTo(value(own, "<spring-boot.version>(.*?)</spring-boot.version>"));
        String version = "millrace-spring-boot-starter</artifactId>\\s*<version>(.*?)</version>";
        assertThat(value(pom, version)).isEqualTo(value(own, "millrace</artifactId><version>(.*?)</version>"));
    }

    private static String value(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + pattern));
    }

    @Test
    void itTakesTenLinesOfOnesOwn() {
        String java = guide.file("src/main/java/com/example/Orders.java");
        String own = java.lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("package ") && !line.startsWith("import "))
                        .collect(Collectors.joining("\n"))
                + "\n" + guide.file("src/main/resources/static/index.html");
        assertThat(own.lines()).hasSize(10);
    }

    @Test
    void aTerminalShowsWhatTheGuideShows() throws Exception {
        Process curl = shop.command(guide.commands().get(0));
        try (var output = curl.inputReader(StandardCharsets.UTF_8)) {
            String pattern = Arrays.stream(guide.output().split("…", -1))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("[\\w-]+"));
            StringBuilder shown = new StringBuilder();
            for (long lines = guide.output().lines().count(); lines > 0; lines--) {
                shown.append(output.readLine()).append('\n');
                if (shown.toString().endsWith("null}\n")) {
                    ship();
                }
            }
            assertThat(shown.toString()).matches(pattern);
        } finally {
            curl.destroyForcibly();
        }
    }

    @Test
    void aClientThatWasAwayGetsWhatItMissed() throws Exception {
        URI address = URI.create("http://localhost:" + shop.port() + "/millrace/events/orders/42");
        String last;
        try (EventStream stream = EventStream.open(address)) {
            assertThat(stream.next().orElseThrow()).isInstanceOf(StreamEvent.Connected.class);
            last = stream.lastEventId();
        }
        ship();
        try (EventStream stream = EventStream.builder(address).lastEventId(last).open()) {
            assertThat(stream.next().orElseThrow()).isInstanceOf(StreamEvent.Connected.class);
            assertThat(stream.next().orElseThrow())
                    .isInstanceOfSatisfying(
                            StreamEvent.Message.class,
                            message -> assertThat(message.data()).isEqualTo("shipped"));
        }
    }

    @Test
    void aBrowserShowsIt() throws Exception {
        try (Browser browser =
                Browser.open(URI.create("http://localhost:" + shop.port() + "/"), folder.resolve("profile"))) {
            await(browser, "ordered");
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!browser.text("state").equals("shipped")) { // the page may not listen yet
                assertThat(System.nanoTime()).isLessThan(end);
                ship();
            }
        }
    }

    private static void await(Browser browser, String text) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!browser.text("state").equals(text)) {
            assertThat(System.nanoTime()).as("the page shows " + text).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
