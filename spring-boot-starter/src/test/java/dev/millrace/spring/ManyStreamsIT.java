package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.millrace.hub.Hub;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Far more streams than threads, on Tomcat. */
class ManyStreamsIT {
    private static final int STREAMS = 5000;
    private static final int MOST_THREADS = 20;
    /** The container's, the hub's, JUnit's and the JVM's own together; it does not grow with the streams. */
    private static final int OTHER_THREADS = 200;

    @EnableAutoConfiguration
    @RestController
    static class App {
        @GetMapping("/hello")
        String hello() {
            return "hello";
        }
    }

    @Test
    void fiveThousandStreamsHoldNoThreadEach() throws Exception {
        assumeTrue(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                        && unix.getMaxFileDescriptorCount() > 3 * STREAMS,
                "skipped: too few file descriptors (ulimit -n)");
        try (ConfigurableApplicationContext context =
                        TestApp.run(App.class, "server.tomcat.threads.max=" + MOST_THREADS);
                ManyClients clients = new ManyClients()) {
            int port = TestApp.port(context);
            Hub hub = context.getBean(Hub.class);
            clients.open(STREAMS, port, "/millrace/events/many");
            assertThat(hub.statistics().connections()).isEqualTo(STREAMS);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount())
                    .as("threads with %d streams", STREAMS)
                    .isLessThan(MOST_THREADS + OTHER_THREADS);
            HttpResponse<String> answer = new Http(port).get("/hello");
            assertThat(answer.body()).as("another request meanwhile").isEqualTo("hello");

            clients.expect("data: first\n");
            hub.publish("many", "first");
            clients.await(STREAMS);
            clients.expect("data: second\n");
            hub.publish("many", "second");
            clients.await(STREAMS);
        }
    }
}
