package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.server.MillraceServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The transcripts of docs/command-line.md, each command run against one hub in the order of the page. */
class CommandLinePageIT {
    private static final Path PAGE = Path.of("../docs/command-line.md");
    private static final Set<String> WITH_ADDRESS = Set.of("stats", "doctor");

    /** A command of the page with what it is said to print. */
    private record Shown(String command, List<String> output) {}

    @Test
    void theTranscriptsAreTrue() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash");
        InputStream input = System.in;
        try (MillraceServer server = MillraceServer.builder()
                .port(0)
                .heartbeat(Duration.ofSeconds(3))
                .start()) {
            List<Shown> all = transcripts();
            assertThat(all).hasSizeGreaterThan(5);
            for (Shown shown : all) {
                await().until(() -> server.hub().statistics().connections() == 0); // the last command has left
                String printed = run(shown.command(), server.uri().toString());
                assertThat(neutral(printed)).as(shown.command()).isEqualTo(neutral(String.join("\n", shown.output())));
            }
        } finally {
            System.setIn(input);
        }
    }

    private static List<Shown> transcripts() throws Exception {
        List<Shown> all = new ArrayList<>();
        boolean isInside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("```")) {
                isInside = line.equals("```console");
            } else if (isInside && line.startsWith("$ ")) {
                all.add(new Shown(line.substring(2), new ArrayList<>()));
            } else if (isInside) {
                all.get(all.size() - 1).output().add(line);
            }
        }
        return all;
    }

    private static String run(String command, String hub) throws Exception {
        int pipe = command.indexOf(" | ");
        if (pipe >= 0) {
            System.setIn(new ByteArrayInputStream(bash(command.substring(0, pipe))));
        }
        String own = command.substring(pipe < 0 ? 0 : pipe + 3);
        assertThat(own).startsWith("millrace ");
        String words =
                new String(bash("printf '%s\\0' " + own.substring("millrace ".length())), StandardCharsets.UTF_8);
        List<String> arguments = new ArrayList<>(Arrays.asList(words.split("\0")));
        if (WITH_ADDRESS.contains(arguments.get(0))) {
            arguments.add(1, hub);
        } else if (!arguments.contains("--url")) {
            arguments.addAll(List.of("--url", hub));
        }
        Terminals terminal = Terminals.mixed();
        terminal.run(arguments.toArray(String[]::new));
        return terminal.out().replace(hub, "http://127.0.0.1:8080");
    }

    private static byte[] bash(String command) throws Exception {
        Process process = new ProcessBuilder("/bin/bash", "-c", command).start();
        return process.getInputStream().readAllBytes();
    }

    /** Without what differs from one run to the next. */
    private static String neutral(String text) {
        return text.lines()
                .map(line -> line.replaceAll("[a-z0-9]{9,13}-(\\d+)", "ID-$1")
                        .replaceAll("\\d+\\.\\d ms", "MS")
                        .replaceAll("up \\d+s", "up TIME")
                        .replaceAll("port \\d+", "port PORT"))
                .collect(Collectors.joining("\n"));
    }
}
