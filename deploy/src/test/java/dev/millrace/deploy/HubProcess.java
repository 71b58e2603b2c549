package dev.millrace.deploy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The runnable jar, running. */
final class HubProcess implements AutoCloseable {
    private final Program program;
    private final URI uri;

    private HubProcess(Program program, URI uri) {
        this.program = program;
        this.uri = uri;
    }

    static HubProcess start(String... flags) throws IOException, InterruptedException {
        return start(0, flags);
    }

    static HubProcess start(int port, String... flags) throws IOException, InterruptedException {
        List<String> command = command(flags);
        command.addAll(List.of("--port", String.valueOf(port)));
        Program program = Program.start(command);
        String address = program.output().await("listening on ").replaceFirst(".*listening on (\\S+).*", "$1");
        return new HubProcess(program, URI.create(address));
    }

    /** How the jar is started, without a port. */
    static List<String> command(String... flags) {
        Path jar = Path.of("../cli/target/millrace.jar").toAbsolutePath().normalize();
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(jar + " is not there: run mvn -pl deploy -am verify");
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Xmx256m", "-jar", jar.toString()));
        command.addAll(List.of(flags));
        return command;
    }

    URI uri() {
        return uri;
    }

    int stop() {
        return program.stop();
    }

    @Override
    public void close() {
        program.close();
    }
}
