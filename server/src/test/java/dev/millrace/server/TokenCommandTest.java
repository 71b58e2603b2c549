package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace token}. */
class TokenCommandTest {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void makesATokenThatTheHubTakes() {
        assertThat(run(
                        Map.of("JWT_SECRET", SECRET),
                        "token",
                        "--user",
                        "anna",
                        "--subscribe",
                        "orders/*",
                        "--publish",
                        "chat/1,chat/2",
                        "--ttl",
                        "2h"))
                .isZero();
        Grants grants = Authenticator.withSecret(SECRET, Expected.ANYTHING, Clock.systemUTC())
                .authenticate(out.toString().strip())
                .join();
        assertThat(grants.subject()).isEqualTo(Optional.of("anna"));
        assertThat(grants.maySubscribe("orders/1")).isTrue();
        assertThat(grants.mayPublish("chat/2")).isTrue();
        assertThat(grants.admin()).isFalse();
        assertThat(grants.expiry().orElseThrow())
                .isBetween(Instant.now().plusSeconds(7100), Instant.now().plusSeconds(7300));
    }

    @Test
    void saysWhatIsMissing() {
        assertThat(run(Map.of(), "token")).isEqualTo(2);
        assertThat(err.toString()).contains("--jwt-secret").hasLineCount(1);
    }

    @Test
    void refusesABadPattern() {
        assertThat(run(Map.of("JWT_SECRET", SECRET), "token", "--subscribe", "a b"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("channel").hasLineCount(1);
    }

    private int run(Map<String, String> environment, String... arguments) {
        return CommandLines.run(
                List.of(arguments),
                environment,
                folder,
                () -> {},
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }
}
