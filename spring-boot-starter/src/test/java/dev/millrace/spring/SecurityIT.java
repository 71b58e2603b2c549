package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Who may listen and publish is decided by the application's own Spring Security. */
class SecurityIT {
    private static ConfigurableApplicationContext context;
    private static int port;
    private static Http http;

    @EnableAutoConfiguration
    static class App {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers("/millrace/events/staff/**")
                            .hasRole("STAFF")
                            .anyRequest()
                            .authenticated())
                    .httpBasic(Customizer.withDefaults())
                    .csrf(AbstractHttpConfigurer::disable)
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    user("anna", "CUSTOMER"),
                    user("berta", "CUSTOMER"),
                    user("shop", "STAFF", AccessPolicy.PUBLISHER),
                    user("root", AccessPolicy.ADMIN));
        }

        private static org.springframework.security.core.userdetails.UserDetails user(String name, String... roles) {
            return User.withUsername(name)
                    .password("{noop}" + name)
                    .roles(roles)
                    .build();
        }
    }

    @BeforeAll
    static void start() {
        context = TestApp.start(new Class<?>[] {App.class});
        port = TestApp.port(context);
        http = new Http(port);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static String[] as(String user) {
        String pair = Base64.getEncoder().encodeToString((user + ":" + user).getBytes(StandardCharsets.UTF_8));
        return new String[] {"Authorization", "Basic " + pair};
    }

    private static TestStream listen(String user, String target) throws Exception {
        return TestStream.open(port, "/millrace" + target, as(user));
    }

    private static int listenStatus(String user, String target) throws Exception {
        try (TestStream stream = listen(user, target)) {
            return stream.response().statusCode();
        }
    }

    private static int publishStatus(String user, String channel) throws Exception {
        return http.post("/millrace/events/" + channel, "x", as(user)).statusCode();
    }

    @Test
    void strangersDoNothing() throws Exception {
        assertThat(http.get("/millrace/events/a").statusCode()).isEqualTo(401);
        assertThat(http.post("/millrace/events/a", "x").statusCode()).isEqualTo(401);
        assertThat(http.get("/millrace/stats").statusCode()).isEqualTo(401);
        assertThat(listenStatus("nobody", "/events/a")).isEqualTo(401);
    }

    @Test
    void usersListenAndPublishersPublish() throws Exception {
        try (TestStream stream = listen("anna", "/events/a")) {
            stream.next("connected");
            assertThat(publishStatus("anna", "a")).isEqualTo(403);
            assertThat(http.postJson("/millrace/broadcast", "{\"data\":1}", as("anna"))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(publishStatus("shop", "a")).isEqualTo(200);
            assertThat(stream.next().data()).isEqualTo("x");
        }
    }

    @Test
    void anInboxIsItsUsersAlone() throws Exception {
        try (TestStream own = listen("anna", "/events/user:anna")) {
            own.next("connected");
            publishStatus("shop", "user:anna");
            assertThat(own.next().data()).isEqualTo("x");
        }
        for (String reaching : new String[] {"user:anna", "user:*", "us*", "*"}) {
            assertThat(listenStatus("berta", "/events?channel=" + reaching))
                    .as(reaching)
                    .isEqualTo(403);
        }
        try (TestStream stream = listen("berta", "/events/b?clientId=bertas-own-stream")) {
            stream.next("connected");
            String wish = "{\"clientId\":\"bertas-own-stream\",\"channel\":\"user:anna\"}";
            assertThat(http.postJson("/millrace/subscribe", wish, as("berta")).statusCode())
                    .isEqualTo(403);
        }
        assertThat(listenStatus("root", "/events?channel=user:*")).isEqualTo(200);
    }

    @Test
    void aStreamIsItsUsersAndNobodyElseSteersIt() throws Exception {
        try (TestStream stream = listen("anna", "/events/c?clientId=annas-own-stream")) {
            stream.next("connected");
            assertThat(context.getBean(Hub.class)
                            .subscriber("annas-own-stream")
                            .orElseThrow()
                            .user())
                    .contains("anna");
            String wish = "{\"clientId\":\"annas-own-stream\",\"channel\":\"d\"}";
            assertThat(http.postJson("/millrace/subscribe", wish, as("berta")).statusCode())
                    .isEqualTo(403);
            assertThat(http.postJson("/millrace/subscribe", wish, as("anna")).statusCode())
                    .isEqualTo(200);
            stream.next("subscribed");
        }
    }

    @Test
    void onlyAdministratorsLookAndEndStreams() throws Exception {
        assertThat(http.get("/millrace/stats", as("shop")).statusCode()).isEqualTo(403);
        assertThat(http.get("/millrace/stats", as("root")).statusCode()).isEqualTo(200);
        try (TestStream stream = listen("anna", "/events/e")) {
            stream.next("connected");
            assertThat(http.send("DELETE", "/millrace/clients?user=anna", "", as("shop"))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(http.send("DELETE", "/millrace/clients?user=anna", "", as("root"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(stream.next("closing").data()).contains("kicked");
        }
    }

    @Test
    void theApplicationsRulesForAddressesHoldForStreamsToo() throws Exception {
        assertThat(listenStatus("anna", "/events/staff/room")).isEqualTo(403);
        assertThat(listenStatus("shop", "/events/staff/room")).isEqualTo(200);
    }
}
