package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the console's scripts to the DOM: no data of anybody's is ever read as HTML or as a script. */
class ConsoleMarkupTest {
    private static final Path CONSOLE = Path.of("src/main/resources/dev/millrace/server/console");

    @Test
    void parsesNoMarkupAndNoScript() throws IOException {
        List<String> scripts = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(CONSOLE, "*.js")) {
            for (Path file : files) {
                scripts.add(Files.readString(file));
            }
        }

        assertThat(scripts)
                .hasSizeGreaterThan(10)
                .allSatisfy(script -> assertThat(script)
                        .doesNotContainPattern("innerHTML|outerHTML|insertAdjacentHTML|setHTML|srcdoc|DOMParser")
                        .doesNotContainPattern("createContextualFragment|document\\s*\\.\\s*write|javascript:")
                        .doesNotContainPattern("\\beval\\b|new\\s+Function\\b"));
    }
}
