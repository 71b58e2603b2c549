package dev.millrace.spring;

import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;

/** Starts applications under test, each on a free port. */
final class TestApp {
    private TestApp() {}

    /** Security that lets everybody do everything; its filters are there all the same. */
    @Configuration(proxyBeanMethods = false)
    static class Open {
        @Bean
        SecurityFilterChain open(HttpSecurity http) {
            return http.authorizeHttpRequests(all -> all.anyRequest().permitAll())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }
    }

    /** Starts it, open to all, with these properties. */
    static ConfigurableApplicationContext run(Class<?> app, String... properties) {
        return start(new Class<?>[] {app, Open.class}, properties);
    }

    /** Starts an application of these classes with these properties. */
    static ConfigurableApplicationContext start(Class<?>[] app, String... properties) {
        Stream<String> standard = Stream.of("server.port=0", "spring.main.banner-mode=off", "logging.level.root=warn");
        String[] arguments = Stream.concat(standard, Arrays.stream(properties))
                .map(property -> "--" + property)
                .toArray(String[]::new);
        return new SpringApplication(app).run(arguments);
    }

    static int port(ConfigurableApplicationContext context) {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }
}
