package dev.millrace.deploy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** A program that a test has started, and that is ended with the test. */
final class Program implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Lines output;

    private Program(Process process) {
        this.process = process;
        this.output = Lines.of(process.inputReader());
    }

    /** Starts it, without the caller's settings for a hub. */
    static Program start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MILLRACE_"));
        return new Program(builder.start());
    }

    Lines output() {
        return output;
    }

    /** Writes a line to its input. */
    void tell(String line) throws IOException {
        process.outputWriter().write(line + "\n");
        process.outputWriter().flush();
    }

    /** Asks it to end, and returns its exit status; ends it by force where it does not. */
    int stop() {
        process.destroy();
        try {
            return process.onExit()
                    .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .join()
                    .exitValue();
        } catch (CompletionException e) {
            process.destroyForcibly();
            throw new AssertionError("it did not end when asked to", e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            stop();
        }
    }
}
