package dev.millrace.spring;

import dev.millrace.http.Retry;
import dev.millrace.hub.Hub;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** Streams on the application's own port, and the hub's HTTP interface below its path. */
@AutoConfiguration(after = MillraceAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnBean(Hub.class)
public final class MillraceWebAutoConfiguration {
    /** The addresses that the interface has where it has no path of its own. */
    private static final List<String> BARE = List.of(
            "/events",
            "/events/*",
            "/notify",
            "/broadcast",
            "/subscribe",
            "/unsubscribe",
            "/clients",
            "/clients/*",
            "/stats",
            "/channels",
            "/channels/*");

    MillraceWebAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    StreamLoops millraceStreamLoops(MillraceProperties properties) {
        return new StreamLoops(properties.threadCount());
    }

    @Bean
    @ConditionalOnMissingBean
    EventStreams eventStreams(
            Hub hub, StreamLoops loops, MillraceProperties properties, ApplicationEventPublisher events) {
        return new EventStreams(hub, loops, new Retry(properties.retry()), events);
    }

    @Bean
    HubLifecycle millraceLifecycle(Hub hub, EventStreams streams, MillraceProperties properties) {
        return new HubLifecycle(hub, streams, properties.drain());
    }

    @Bean
    @ConditionalOnMissingBean
    AccessPolicy millraceAccessPolicy() {
        return AccessPolicy.byRole();
    }

    @Bean
    @ConditionalOnMissingBean(name = "millraceServlet")
    @ConditionalOnProperty(name = "millrace.http", matchIfMissing = true)
    ServletRegistrationBean<HubServlet> millraceServlet(
            Hub hub, EventStreams streams, StreamLoops loops, AccessPolicy policy, MillraceProperties properties) {
        String path = properties.path();
        HubServlet servlet = new HubServlet(hub, streams, loops, policy, path);
        String[] addresses = path.isEmpty() ? BARE.toArray(String[]::new) : new String[] {path + "/*"};
        ServletRegistrationBean<HubServlet> registration = new ServletRegistrationBean<>(servlet, addresses);
        registration.setName("millrace");
        registration.setAsyncSupported(true);
        return registration;
    }

    /** Handler methods that return subscriptions. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RequestMappingHandlerAdapter.class)
    static class Controllers {
        // First in the list: in a @RestController every value would be taken for a body otherwise.
        @Bean
        SmartInitializingSingleton millraceSubscriptionHandler(
                EventStreams streams, ObjectProvider<RequestMappingHandlerAdapter> adapters) {
            return () -> adapters.forEach(adapter -> {
                List<HandlerMethodReturnValueHandler> handlers = new ArrayList<>();
                handlers.add(new SubscriptionHandler(streams));
                List<HandlerMethodReturnValueHandler> given = adapter.getReturnValueHandlers();
                handlers.addAll(given == null ? List.of() : given);
                adapter.setReturnValueHandlers(handlers);
            });
        }
    }
}
