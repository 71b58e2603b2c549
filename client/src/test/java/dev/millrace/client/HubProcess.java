package dev.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A hub in a process of its own, so that a test can kill it. It keeps its events in a folder. */
final class HubProcess {

    private final Process process;
    private final URI uri;

    private HubProcess(Process process, URI uri) {
        this.process = process;
        this.uri = uri;
    }

    /** Starts a hub, and returns when it accepts connections. */
    static HubProcess start(int port, Path dataDir) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        "dev.millrace.server.Main",
                        "--port",
                        "" + port,
                        "--data-dir",
                        dataDir.toString(),
                        "--retry",
                        "100ms"))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            int address = line.indexOf("http://");
            if (address >= 0) {
                return new HubProcess(
                        process, URI.create(line.substring(address).strip()));
            }
        }
        process.destroyForcibly();
        throw new AssertionError("the hub did not start");
    }

    URI uri() {
        return uri;
    }

    /** Kills it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new AssertionError("the hub lives on");
        }
    }
}
