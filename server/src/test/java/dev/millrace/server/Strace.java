package dev.millrace.server;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** strace on a running process, to see or to spoil its system calls. A test that wants it is skipped where it is not there. */
final class Strace implements AutoCloseable {
    private final Process process;

    private Strace(Process process) {
        this.process = process;
    }

    static Strace attach(long pid, Path trace, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-o", trace.toString(), "-p", "" + pid));
        command.addAll(List.of(options));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, "strace is not here");
            throw e;
        }
        BufferedReader said = process.inputReader();
        String line = said.readLine();
        assumeTrue(line != null && line.contains("attached"), "strace may not attach: " + line);
        Thread reading = new Thread(() -> readAll(said), "strace-output");
        reading.setDaemon(true);
        reading.start();
        return new Strace(process);
    }

    private static void readAll(BufferedReader said) {
        try {
            while (said.readLine() != null) {
                // what it says beside its trace is of no interest, but must not fill the pipe
            }
        } catch (IOException e) {
            // it was ended meanwhile
        }
    }

    /** Detaches; the trace is complete after that. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("strace does not end");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
