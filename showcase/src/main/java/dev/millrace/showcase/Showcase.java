package dev.millrace.showcase;

import java.time.Clock;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The showcase's program: {@code ./millrace showcase --port 8090}. */
@SpringBootApplication
@EnableScheduling
public class Showcase {
    /** Starts it, and says where. Ends with 2 where a setting is wrong, with 1 where it can't start. */
    public static void main(String[] arguments) {
        if (StartSettings.isHelp(arguments)) {
            System.out.print(StartSettings.USAGE);
            return;
        }
        try {
            start(StartSettings.of(arguments, System.getenv()));
        } catch (IllegalArgumentException e) {
            System.err.println("showcase: " + e.getMessage());
            System.exit(2);
        } catch (StartFailure e) {
            System.err.println("showcase: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void start(Map<String, Object> settings) {
        SpringApplication application = new SpringApplication(Showcase.class);
        application.setDefaultProperties(settings);
        try {
            ConfigurableApplicationContext context = application.run();
            System.out.println(
                    "showcase: http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port"));
        } catch (RuntimeException e) {
            throw StartFailure.of(e);
        }
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }
}
