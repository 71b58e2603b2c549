package dev.millrace.server;

import dev.millrace.log.ChannelSet;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace token}: makes a token for development, signed with the hub's secret. */
@Command(
        name = "token",
        description = "Makes a token for development: for a hub that was started with the same --jwt-secret.",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--jwt-secret", paramLabel = "SECRET", description = "The hub's secret, at least 32 bytes.")
    private @Nullable String secret;

    @Option(names = "--jwt-secret-file", paramLabel = "FILE", description = "A file that holds the secret.")
    private @Nullable Path secretFile;

    @Option(names = "--jwt-issuer", paramLabel = "TEXT", defaultValue = "", description = "The claim iss.")
    private String issuer = "";

    @Option(names = "--jwt-audience", paramLabel = "TEXT", defaultValue = "", description = "The claim aud.")
    private String audience = "";

    @Option(names = "--user", paramLabel = "NAME", description = "Whose token it is: the claim sub.")
    private @Nullable String user;

    @Option(
            names = "--subscribe",
            split = ",",
            paramLabel = "CHANNEL",
            description = "Channels and patterns to listen to; repeatable.")
    private List<String> subscribe = List.of();

    @Option(
            names = "--publish",
            split = ",",
            paramLabel = "CHANNEL",
            description = "Channels and patterns to publish on; repeatable.")
    private List<String> publish = List.of();

    @Option(names = "--admin", description = "May do everything.")
    private boolean admin;

    @Option(
            names = "--ttl",
            paramLabel = "DURATION",
            defaultValue = "1h",
            description = "How long it is valid (default: ${DEFAULT-VALUE}).")
    private Duration ttl = Duration.ofHours(1);

    @Override
    public Integer call() {
        Clock clock = Clock.systemUTC();
        try {
            Grants grants = new Grants(
                    Optional.ofNullable(user),
                    Optional.of(clock.instant().plus(ttl)),
                    valid(subscribe),
                    valid(publish),
                    admin);
            String token = new TokenMaker(secret(), new Expected(issuer, audience, Set.of()), clock).make(grants);
            spec().commandLine().getOut().println(token);
            return 0;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static Set<String> valid(List<String> entries) {
        entries.forEach(ChannelSet::requireValid);
        return new LinkedHashSet<>(entries);
    }

    private String secret() {
        if (secret != null) {
            return secret;
        }
        if (secretFile == null) {
            throw new IllegalArgumentException("--jwt-secret or --jwt-secret-file is needed: the one of the hub");
        }
        try {
            return Files.readString(secretFile).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("--jwt-secret-file can't be read: " + e.getMessage(), e);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
