package dev.millrace.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The examples of the pages: taken from there, compiled, and run as tests. */
class DocumentedExampleIT {
    private static final Path ROOT = Path.of("..");
    private static final Pattern EXAMPLE = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void thePagesTestsPass() throws Exception {
        run(examples("docs/testing.md").get(0), "OrdersTest", 3);
    }

    @Test
    void theReadmesTestPasses() throws Exception {
        run("""
                import dev.millrace.junit.*;
                import org.junit.jupiter.api.Test;
                import org.junit.jupiter.api.extension.RegisterExtension;
                class ReadmeTest {
                %s
                }
                """.formatted(examples("junit/README.md").get(0)), "ReadmeTest", 1);
    }

    private static List<String> examples(String page) throws IOException {
        return EXAMPLE.matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private void run(String source, String name, int tests) throws Exception {
        Path file = Files.writeString(folder.resolve(name + ".java"), source);
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, messages, messages, "-cp", classPath, "-d", folder.toString(), file.toString());
        assertThat(status).as(() -> messages.toString(StandardCharsets.UTF_8)).isZero();
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            EngineTestKit.engine("junit-jupiter")
                    .selectors(selectClass(loader.loadClass(name)))
                    .execute()
                    .testEvents()
                    .assertStatistics(all -> all.started(tests).succeeded(tests));
        }
    }
}
