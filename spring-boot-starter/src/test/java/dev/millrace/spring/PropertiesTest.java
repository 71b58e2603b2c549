package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.Hub;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The properties, and what gives way to what. */
class PropertiesTest {
    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    MillraceAutoConfiguration.class,
                    MillraceWebAutoConfiguration.class,
                    MillraceObservationAutoConfiguration.class,
                    MillraceOutboxAutoConfiguration.class));

    @Test
    void everyPropertyHasItsMetadataAndItsRowInTheDocumentation() throws Exception {
        URL classes =
                MillraceProperties.class.getProtectionDomain().getCodeSource().getLocation();
        try (var metadata = new URL(classes, "META-INF/spring-configuration-metadata.json").openStream()) {
            String text = new String(metadata.readAllBytes(), StandardCharsets.UTF_8);
            String properties = text.substring(text.indexOf("\"properties\""));
            List<String> names = Pattern.compile("\"name\": \"(millrace\\.[a-z.-]+)\"")
                    .matcher(properties)
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertThat(names).hasSizeGreaterThan(15);
            assertThat(Page.read().section("Properties").rows()).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    @Test
    void propertiesReachTheHub() {
        runner.withPropertyValues("millrace.heartbeat=7s", "millrace.max-connections=5", "millrace.max-event-size=2KB")
                .run(context -> {
                    Hub hub = context.getBean(Hub.class);
                    assertThat(hub.settings().heartbeat()).isEqualTo(Duration.ofSeconds(7));
                    assertThat(hub.settings().maxConnections()).isEqualTo(5);
                    assertThat(hub.settings().maxEventBytes()).isEqualTo(2048);
                });
    }

    @Test
    void aHubOfTheApplicationsOwnIsTheOne() {
        Hub own = Hub.inMemory();
        runner.withBean("ownHub", Hub.class, () -> own)
                .run(context -> assertThat(context.getBean(Hub.class)).isSameAs(own));
    }

    @Test
    void thereIsNoHubWhereItIsOff() {
        runner.withPropertyValues("millrace.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Hub.class));
    }

    @Test
    void aPathThatCantBeIsRefused() {
        runner.withPropertyValues("millrace.path=events/")
                .run(context -> assertThat(Objects.requireNonNull(context.getStartupFailure()))
                        .rootCause()
                        .hasMessageContaining("millrace.path must be empty, or begin with a slash"));
    }

    @Test
    void aMissingDependencyIsNamed() {
        for (String[] missing : new String[][] {
            {"millrace.data-dir=x", "dev.millrace.sqlite", "millrace-sqlite"},
            {"millrace.redis-url=redis://x", "dev.millrace.redis", "millrace-redis"}
        }) {
            runner.withPropertyValues(missing[0])
                    .withClassLoader(new FilteredClassLoader(missing[1]))
                    .run(context -> assertThatThrownBy(() -> context.getBean(Hub.class))
                            .rootCause()
                            .hasMessageContaining("add the dependency dev.millrace:" + missing[2]));
        }
    }
}
