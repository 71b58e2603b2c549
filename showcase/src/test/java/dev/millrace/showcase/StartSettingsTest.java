package dev.millrace.showcase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartSettingsTest {
    @Test
    void takesThePortFromTheFlagBeforeTheEnvironment() {
        assertThat(of(Map.of("PORT", "1"), "--port", "2")).containsEntry("server.port", 2);
        assertThat(of(Map.of("PORT", "1"))).containsEntry("server.port", 1);
        assertThat(of(Map.of(), "--port=3")).containsEntry("server.port", 3);
        assertThat(of(Map.of())).containsEntry("server.port", 8090);
    }

    @Test
    void takesADatabaseAsHostersNameIt() {
        assertThat(of(Map.of("DATABASE_URL", "postgres://me:a%40b@db.example:5433/shop?sslmode=require")))
                .containsEntry("spring.datasource.url", "jdbc:postgresql://db.example:5433/shop?sslmode=require")
                .containsEntry("spring.datasource.username", "me")
                .containsEntry("spring.datasource.password", "a@b");
        assertThat(of(Map.of("DATABASE_URL", "jdbc:h2:mem:x"))).containsEntry("spring.datasource.url", "jdbc:h2:mem:x");
    }

    @Test
    void keepsEverythingInOneFolder(@TempDir Path folder) throws IOException {
        Path data = folder.resolve("new");
        assertThat(of(Map.of(), "--data-dir", data.toString()))
                .containsEntry("millrace.data-dir", data + "/hub")
                .hasEntrySatisfying(
                        "spring.datasource.url",
                        url -> assertThat(url.toString()).startsWith("jdbc:h2:file:" + data + "/showcase"));
        Path file = Files.createFile(folder.resolve("file"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of(), "--data-dir", file.toString()))
                .withMessageContaining("--data-dir");
    }

    @Test
    void listensOnThisMachineOnlyUnlessTold() {
        assertThat(of(Map.of())).containsEntry("server.address", "127.0.0.1");
        assertThat(of(Map.of(), "--host", "0.0.0.0")).containsEntry("server.address", "0.0.0.0");
    }

    @Test
    void neverShowsThePasswordOfTheDatabase() {
        for (String address :
                List.of("postgres://me:se cret@db/x", "postgres://me:secr%et@db/x", "postgres://me:secret@/x")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> of(Map.of("DATABASE_URL", address)))
                    .withMessageContaining("DATABASE_URL")
                    .withMessageNotContainingAny("me:se", "se cret", "secr");
        }
    }

    @Test
    void namesWhatItCannotTake() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of(), "--prot", "1"))
                .withMessageContaining("--prot");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of(), "--port"))
                .withMessageContaining("--port needs a value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of(), "--data-dir", "--port", "1"))
                .withMessageContaining("--data-dir needs a value");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("PORT", "70000")))
                .withMessageContaining("PORT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> of(Map.of("DATABASE_URL", "mysql://x")))
                .withMessageContaining("DATABASE_URL");
    }

    private static Map<String, Object> of(Map<String, String> environment, String... arguments) {
        return StartSettings.of(arguments, environment);
    }
}
