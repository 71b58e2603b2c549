package dev.millrace.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Lines that come from a program or a stream, to be waited for. */
final class Lines {
    private static final long PATIENCE_SECONDS = 30;

    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    /** Reads on a thread of its own, until there are no more. */
    static Lines of(BufferedReader source) {
        Lines lines = new Lines();
        Thread reader = new Thread(() -> lines.read(source), "lines");
        reader.setDaemon(true);
        reader.start();
        return lines;
    }

    private void read(BufferedReader source) {
        try (source) {
            source.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("broken: " + e.getMessage());
        }
    }

    /** The next line that holds the text; fails where none comes. */
    String await(String text) throws InterruptedException {
        StringBuilder seen = new StringBuilder();
        for (String line = next(); line != null; line = next()) {
            if (line.contains(text)) {
                return line;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("no line with \"" + text + "\" came, but:\n" + seen);
    }

    private @Nullable String next() throws InterruptedException {
        return lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
