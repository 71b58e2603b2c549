package dev.millrace.bench.durable;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hub in a process of its own, with the Java, the class path and the flags of this one. */
final class HubProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("listening on (http://\\S+)");

    private final Process process;
    private final URI address;

    private HubProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /** Starts one, and waits until it accepts connections. */
    static HubProcess start(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xms16m"); // as the launcher starts a hub, and not a load generator; other flags are the same
        for (String flag : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!flag.startsWith("-XX:InitialRAMPercentage=")) {
                command.add(flag);
            }
        }
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path", "."), "dev.millrace.server.Main", "--port", "0"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.directory(new File(System.getProperty("java.io.tmpdir", "/tmp")));
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_") || name.equals("PORT"));
        Process process = builder.start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder(); // its log, which comes on the same way
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return new HubProcess(process, URI.create(address.group(1)));
            }
            said.append('\n').append(line);
        }
        process.destroyForcibly();
        throw new IOException("the hub did not start:" + said);
    }

    URI address() {
        return address;
    }

    /** Ends it as a service manager does, and waits. */
    @Override
    public void close() {
        process.toHandle().destroy();
        process.onExit().join();
    }
}
