package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.redis.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** History beyond the application's own memory: on disk, and on a real Redis. */
class KeptIT {
    @TempDir
    Path folder;

    @EnableAutoConfiguration
    static class App {
        @Bean
        AccessPolicy everything() {
            return AccessPolicy.everything();
        }
    }

    private static HttpResponse<String> publish(int port, String data, String... headers) throws Exception {
        HttpResponse<String> answer = new Http(port).post("/millrace/events/kept", data, headers);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer;
    }

    private static String id(HttpResponse<String> answer) {
        return answer.body().replaceFirst(".*\"id\":\"([^\"]+)\".*", "$1");
    }

    private static void assertResumes(int port, String id, String... data) throws Exception {
        try (TestStream stream = TestStream.open(port, "/millrace/events/kept", "Last-Event-ID", id)) {
            assertThat(stream.next("connected").data()).contains("\"resumed\":true");
            for (String next : data) {
                assertThat(stream.next().data()).isEqualTo(next);
            }
        }
    }

    @Test
    void historyAndKeysOnDiskSurviveARestart() throws Exception {
        String dataDir = "millrace.data-dir=" + folder;
        String first;
        String third;
        try (ConfigurableApplicationContext context = TestApp.run(App.class, dataDir)) {
            first = id(publish(TestApp.port(context), "1"));
            publish(TestApp.port(context), "2");
            third = id(publish(TestApp.port(context), "3", "Idempotency-Key", "k"));
        }
        try (ConfigurableApplicationContext context = TestApp.run(App.class, dataDir)) {
            assertThat(id(publish(TestApp.port(context), "3", "Idempotency-Key", "k")))
                    .isEqualTo(third);
            publish(TestApp.port(context), "4");
            assertResumes(TestApp.port(context), first, "2", "3", "4");
        }
    }

    @Test
    void historyInMemoryIsGoneAfterARestartAndThatIsSaid() throws Exception {
        String first;
        try (ConfigurableApplicationContext context = TestApp.run(App.class)) {
            first = id(publish(TestApp.port(context), "1"));
        }
        try (ConfigurableApplicationContext context = TestApp.run(App.class);
                TestStream stream =
                        TestStream.open(TestApp.port(context), "/millrace/events/kept", "Last-Event-ID", first)) {
            assertThat(stream.next("connected").data()).contains("\"resumed\":false");
            stream.next("gap");
        }
    }

    @Test
    void applicationsOnOneRedisAreOneHub() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            String url = "millrace.redis-url=" + redis.url();
            String first;
            try (ConfigurableApplicationContext one = TestApp.run(App.class, url);
                    ConfigurableApplicationContext two = TestApp.run(App.class, url);
                    TestStream stream = TestStream.open(TestApp.port(two), "/millrace/events/kept")) {
                stream.next("connected");
                first = id(publish(TestApp.port(one), "1"));
                publish(TestApp.port(one), "2");
                assertThat(stream.next().data()).isEqualTo("1");
                assertThat(stream.next().data()).isEqualTo("2");
            }
            try (ConfigurableApplicationContext later = TestApp.run(App.class, url)) {
                assertResumes(TestApp.port(later), first, "2");
            }
        }
    }

    @Test
    void healthIsDownWhileRedisIsAway() throws Exception {
        try (RedisServer redis = RedisServer.start();
                ConfigurableApplicationContext context = TestApp.run(
                        App.class, "millrace.redis-url=" + redis.url(), "logging.level.dev.millrace=error")) {
            Http http = new Http(TestApp.port(context));
            assertThat(http.get("/actuator/health").statusCode()).isEqualTo(200);
            redis.kill();
            awaitHealth(http, 503);
            redis.launch();
            awaitHealth(http, 200);
        }
    }

    private static void awaitHealth(Http http, int status) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (http.get("/actuator/health").statusCode() != status) {
            assertThat(System.nanoTime()).as("in time for " + status).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
