package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real Redis 6.2, the oldest that will do; its program comes out of a jar for tests. */
final class OldestRedis {
    private static final Map<String, String> PROGRAMS = Map.of(
            "amd64", "redis-server-6.2.6-v5-linux-amd64",
            "aarch64", "redis-server-6.2.7-linux-arm64");

    private OldestRedis() {}

    /** Starts one; the test is skipped on machines for which there is none. */
    static RedisServer start(Path folder) throws IOException, InterruptedException {
        boolean isLinux = System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux");
        String name = PROGRAMS.get(System.getProperty("os.arch"));
        Assumptions.assumeTrue(isLinux && name != null, "skipped: no Redis 6.2 for this machine");
        Path program = folder.resolve("redis-server");
        try (InputStream in = OldestRedis.class.getResourceAsStream("/" + name)) {
            Files.copy(in, program);
        }
        if (!program.toFile().setExecutable(true)) {
            throw new IOException(program + " can't be made executable");
        }
        Process version = new ProcessBuilder(program.toString(), "--version").start();
        boolean isRunning = version.waitFor(10, TimeUnit.SECONDS) && version.exitValue() == 0;
        Assumptions.assumeTrue(isRunning, "skipped: the Redis 6.2 for tests does not run here (it needs OpenSSL 3)");
        return RedisServer.start(program.toString(), List.of());
    }
}
