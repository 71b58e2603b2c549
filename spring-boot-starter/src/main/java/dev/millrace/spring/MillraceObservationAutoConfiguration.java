package dev.millrace.spring;

import dev.millrace.http.HubMeters;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Observer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health and metrics of the hub, where the application has Actuator. */
@AutoConfiguration(after = MillraceAutoConfiguration.class)
@ConditionalOnBean(Hub.class)
public final class MillraceObservationAutoConfiguration {
    MillraceObservationAutoConfiguration() {}

    /** Health. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class WithHealth {
        @Bean
        @ConditionalOnEnabledHealthIndicator("millrace")
        @ConditionalOnMissingBean(name = "millraceHealthIndicator")
        HealthIndicator millraceHealthIndicator(Hub hub, ObjectProvider<HubTrouble> trouble) {
            return new HubHealth(hub, trouble.getIfUnique(() -> Optional::empty));
        }
    }

    /** Metrics. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class WithMetrics {
        @Bean
        @ConditionalOnMissingBean(Observer.class)
        HubMeters millraceObserver() {
            return new HubMeters(System::nanoTime);
        }

        @Bean
        @ConditionalOnBean(HubMeters.class)
        @ConditionalOnMissingBean(name = "millraceMetrics")
        MeterBinder millraceMetrics(Hub hub, HubMeters meters) {
            return registry -> meters.bindTo(registry, hub);
        }
    }
}
