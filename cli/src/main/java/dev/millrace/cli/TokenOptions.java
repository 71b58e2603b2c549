package dev.millrace.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags by which a command is given a token. */
public final class TokenOptions {
    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "A token, where the hub wants one. In MILLRACE_TOKEN the machine's other users can't see it.")
    private @Nullable String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "A file that holds the token; read at each connect.")
    private @Nullable Path file;

    /** The token as it is now; empty where none was given. */
    public Optional<String> token() throws IOException {
        if (token != null) {
            return Optional.of(token.strip());
        }
        if (file == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new IOException("--token-file: can't read " + file, e);
        }
    }
}
