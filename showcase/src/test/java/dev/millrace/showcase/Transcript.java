package dev.millrace.showcase;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The console blocks of one section of a page: each a list of commands with what they print. The first command listens; the others run
 * when it hears. In an expected line {@code …} stands for anything.
 */
record Transcript(String section, List<Step> steps) {
    private static final String ADDRESS = "localhost:8090";

    /** A command and the lines that it prints. */
    record Step(String command, List<String> lines) {}

    /** The transcripts of a page, by section. */
    static List<Transcript> of(Path page) throws IOException {
        Map<String, List<Step>> sections = new LinkedHashMap<>();
        String section = "";
        boolean isConsole = false;
        for (String line : Files.readAllLines(page)) {
            if (line.startsWith("## ")) {
                section = line.substring(3);
            } else if (line.startsWith("```")) {
                isConsole = line.equals("```console");
            } else if (isConsole && line.startsWith("$ ")) {
                sections.computeIfAbsent(section, name -> new ArrayList<>())
                        .add(new Step(line.substring(2), new ArrayList<>()));
            } else if (isConsole) {
                List<Step> steps = sections.getOrDefault(section, List.of());
                steps.get(steps.size() - 1).lines().add(line);
            }
        }
        return sections.entrySet().stream()
                .map(entry -> new Transcript(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Runs it against the application on this port. */
    void run(int port) throws IOException, InterruptedException {
        Step listening = steps.get(0);
        try (Shell listener = new Shell(listening.command().replace(ADDRESS, "localhost:" + port))) {
            listener.await(List.of("event: connected"));
            List<String> first =
                    listening.lines().subList(0, Math.max(1, listening.lines().indexOf("")));
            listener.poll(pattern(first), 1); // what comes without a command, comes before it
            for (Step step : steps.subList(1, steps.size())) {
                try (Shell command = new Shell(step.command().replace(ADDRESS, "localhost:" + port))) {
                    assertThat(command.end()).as(step.command()).matches(pattern(step.lines()));
                }
            }
            listener.await(listening.lines());
        }
    }

    /** Lines that may stand between others. */
    static Pattern pattern(List<String> lines) {
        return Pattern.compile(
                lines.stream()
                        .map(line -> Pattern.quote(line).replace("…", "\\E.*?\\Q"))
                        .collect(Collectors.joining("\n", "(?s).*?", ".*")),
                Pattern.DOTALL);
    }

    /** A command that runs. */
    static final class Shell implements AutoCloseable {
        private final Process process;
        private final Path output;

        Shell(String command) throws IOException {
            output = Files.createTempFile("showcase", ".out");
            process = new ProcessBuilder("bash", "-c", "exec " + command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        }

        String end() throws IOException, InterruptedException {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("the command ended")
                    .isTrue();
            return read();
        }

        void await(List<String> lines) throws IOException {
            poll(pattern(lines), 15);
            assertThat(read()).matches(pattern(lines));
        }

        void poll(Pattern expected, int seconds) throws IOException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            while (!expected.matcher(read()).matches() && System.nanoTime() < end) {
                LockSupport.parkNanos(20_000_000);
            }
        }

        /** What it has printed, without heartbeats. */
        private String read() throws IOException {
            return Files.readString(output).replace(": \n\n", "");
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            Files.deleteIfExists(output);
        }
    }
}
