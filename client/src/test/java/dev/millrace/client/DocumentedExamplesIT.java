package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.MillraceServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Java examples of the documentation: taken from the pages, compiled, and run against a hub. */
@Timeout(60)
class DocumentedExamplesIT {

    private static final Path ROOT = Path.of("..");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private MillraceServer hub;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void start() {
        hub = MillraceServer.builder().port(0).start();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void theReadmesClientListens() throws Exception {
        listensLike(examples("README.md").stream()
                .filter(code -> code.contains("EventStream.open"))
                .findFirst()
                .orElseThrow());
    }

    @Test
    void thePagesLoopListens() throws Exception {
        listensLike(examples("docs/clients/java.md").get(0));
    }

    @Test
    void thePagesSettingsCompile() throws Exception {
        compile(examples("docs/clients/java.md").get(1));
    }

    @Test
    void thePagesListenerListens() throws Exception {
        listensLike(examples("docs/clients/java.md").get(2));
    }

    @Test
    void thePagesPublisherPublishes() throws Exception {
        compile(examples("docs/clients/java.md").get(3)).run();
        assertThat(printed.toString(StandardCharsets.UTF_8)).matches("kept as \\S+-1\n");
    }

    @Test
    void thePagesBatchIsPublished() throws Exception {
        compile(examples("docs/clients/java.md").get(4)).run();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("2 kept\n");
    }

    private void listensLike(String code) throws Exception {
        Thread thread = new Thread(compile(code), "example");
        thread.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            hub.hub()
                    .publish("orders/42", "status", "{\"state\":\"shipped\"}")
                    .toCompletableFuture()
                    .get(10, SECONDS);
            return printed.toString(StandardCharsets.UTF_8).contains("status {\"state\":\"shipped\"}\n");
        });
        thread.interrupt();
        thread.join(SECONDS.toMillis(10));
        assertThat(thread.isAlive()).isFalse();
    }

    private static List<String> examples(String page) throws IOException {
        return EXAMPLE.matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The example as a program; only the address and the place where it prints are others. */
    private Runnable compile(String code) throws Exception {
        String source = """
                import dev.millrace.client.*;
                import java.net.URI;
                import java.time.Duration;
                import java.util.*;
                public class Example {
                    public static java.io.PrintStream out;
                    static final String saved = "";
                    static final Example login = new Example();
                    String freshToken() { return "t"; }
                    public static void run() throws Exception {
                        %s
                    }
                }
                """.formatted(code.replace("System.out", "out")
                .replace("http://localhost:8080", hub.uri().toString()));
        Path file = Files.writeString(folder.resolve("Example.java"), source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int status = compiler.run(null, messages, messages, "-cp", classPath, "-d", folder.toString(), file.toString());
        assertThat(status).as(() -> messages.toString(StandardCharsets.UTF_8)).isZero();
        URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
        Class<?> example = loader.loadClass("Example");
        example.getField("out").set(null, new PrintStream(printed, true, StandardCharsets.UTF_8));
        return () -> {
            try {
                example.getMethod("run").invoke(null);
            } catch (InvocationTargetException e) {
                throw new AssertionError("the example failed", e.getCause());
            } catch (ReflectiveOperationException e) {
                throw new LinkageError("the example has no run method", e);
            }
        };
    }
}
