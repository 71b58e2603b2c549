package dev.millrace.guide;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** The guide's application: built as its files say, and running. */
record Shop(Process process, int port) implements AutoCloseable {
    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    /** Builds it in a folder and starts it on a free port. */
    static Shop start(GuidePage guide, Path folder) throws IOException {
        compile(folder, source(guide, folder, "ShopApplication"), source(guide, folder, "Orders"));
        Path page = folder.resolve("static/index.html");
        Files.createDirectories(page.getParent());
        Files.writeString(page, guide.file("src/main/resources/static/index.html"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        folder + System.getProperty("path.separator") + CLASS_PATH,
                        "com.example.ShopApplication",
                        "--server.port=0")
                .redirectErrorStream(true)
                .start();
        return new Shop(process, port(process.inputReader(StandardCharsets.UTF_8)));
    }

    private static Path source(GuidePage guide, Path folder, String name) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".java"), guide.file("src/main/java/com/example/" + name + ".java"));
    }

    private static void compile(Path folder, Path... sources) {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String[] arguments = Stream.concat(
                        Stream.of("-parameters", "-cp", CLASS_PATH, "-d", folder.toString()),
                        Arrays.stream(sources).map(Path::toString))
                .toArray(String[]::new);
        int status = ToolProvider.getSystemJavaCompiler().run(null, messages, messages, arguments);
        assertThat(status).as(() -> messages.toString(StandardCharsets.UTF_8)).isZero();
    }

    private static int port(BufferedReader output) throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("the application did not start:\n" + said);
    }

    /** Gives a command of the guide, which speaks of port 8080. */
    Process command(String command) throws IOException {
        List<String> shell = List.of("sh", "-c", "exec " + command.replace("localhost:8080", "localhost:" + port));
        return new ProcessBuilder(shell)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
