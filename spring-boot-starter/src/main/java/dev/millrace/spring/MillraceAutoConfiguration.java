package dev.millrace.spring;

import dev.millrace.hub.Bookmarks;
import dev.millrace.hub.Hub;
import dev.millrace.hub.HubBuilder;
import dev.millrace.hub.Observer;
import dev.millrace.hub.Presence;
import dev.millrace.log.EventLog;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The {@link Hub} of the application, on the log that the properties name, or the application's own. */
@AutoConfiguration
@ConditionalOnProperty(name = "millrace.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MillraceProperties.class)
@Import({LogConfiguration.OnRedis.class, LogConfiguration.OnDisk.class, LogConfiguration.InMemory.class})
public final class MillraceAutoConfiguration {
    MillraceAutoConfiguration() {}

    // The hub closes its log, its bookmarks and its presence; so no bean of these is closed by the context.

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Hub hub(
            MillraceProperties properties,
            EventLog log,
            ObjectProvider<Bookmarks> bookmarks,
            ObjectProvider<Presence> presence,
            ObjectProvider<Observer> observer,
            ObjectProvider<Clock> clock) {
        HubBuilder builder =
                Hub.builder().log(log).settings(properties.hub()).clock(clock.getIfUnique(Clock::systemUTC));
        bookmarks.ifUnique(builder::bookmarks);
        presence.ifUnique(builder::presence);
        observer.ifUnique(builder::observer);
        return builder.build();
    }
}
