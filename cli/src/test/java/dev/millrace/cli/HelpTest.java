package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says of itself, and what it tells a shell. */
class HelpTest {
    @TempDir
    private Path folder;

    private final Terminals terminal = new Terminals();

    @Test
    void theHelpNamesEveryCommand() {
        assertThat(terminal.run("--help")).isZero();
        assertThat(terminal.out())
                .contains("--redis-url", "  publish ", "  listen ", "  stats ", "  doctor ", "  token ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "listen", "stats", "doctor"})
    void theHelpOfACommandHasExamples(String command) {
        assertThat(terminal.run(command, "--help")).isZero();
        assertThat(terminal.out()).contains("Usage: millrace " + command, "Examples:", "  millrace " + command);
    }

    @Test
    void bashCompletesCommandsAndFlags() throws Exception {
        assertThat(terminal.run("generate-completion")).isZero();
        Path script = Files.writeString(folder.resolve("millrace.bash"), terminal.out());
        assertThat(completed(script, "millrace pub")).isEqualTo("publish");
        assertThat(completed(script, "millrace listen --last")).isEqualTo("--last-event-id");
    }

    private String completed(Path script, String line) throws Exception {
        Path bash = Path.of("/bin/bash");
        assumeTrue(Files.isExecutable(bash), "bash");
        int word = line.lastIndexOf(' ') + 1;
        String ask =
                "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; COMP_LINE='%s'; _complete_millrace 2> /dev/null; echo \"${COMPREPLY[*]}\""
                        .formatted(script, line, line.substring(0, word).strip().split(" ").length, line);
        Process process = new ProcessBuilder(List.of(bash.toString(), "-c", ask))
                .redirectErrorStream(true)
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
