package dev.millrace.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private ServerProcess(Process process) {
        this.process = process;
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static ServerProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, "-Dfile.encoding=UTF-8", arguments);
    }

    /** One whose JVM is given a flag. */
    static ServerProcess start(Path folder, String flag, String[] arguments) throws IOException {
        ProcessBuilder builder = builder(folder, List.of(flag), List.of(arguments));
        return new ServerProcess(
                builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
    }

    /** The program, not started yet; its JVM is given these flags. */
    static ProcessBuilder builder(Path folder, List<String> flags, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(flags);
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add("dev.millrace.server.Main");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_") || name.equals("PORT"));
        return builder;
    }

    String line() throws IOException {
        return String.valueOf(out.readLine());
    }

    /** Reads up to the line that tells the address, and returns the port. */
    int port() throws IOException {
        StringBuilder said = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.matches("Millrace \\S+ listening on http://127\\.0\\.0\\.1:\\d+")) {
                return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
            }
            said.append('\n').append(line);
        }
        throw new IOException("it ended without telling its address:" + said);
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.toHandle().destroy();
    }

    int status() throws InterruptedException {
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end");
        }
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
