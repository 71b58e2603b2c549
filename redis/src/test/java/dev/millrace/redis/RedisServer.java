package dev.millrace.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real Redis of a test's own, on a free port; a child process that ends with the test. */
public final class RedisServer implements AutoCloseable {
    private static final String PROGRAM = "redis-server";
    private static final RedisClient ADMINISTRATOR = RedisClient.create();

    private final String program;
    private final int port;
    private final Path folder;
    private final List<String> options;
    private Process process;

    private RedisServer(String program, int port, Path folder, List<String> options) {
        this.program = program;
        this.port = port;
        this.folder = folder;
        this.options = options;
        this.process = launched();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> process.destroyForcibly()));
    }

    /** Starts one that keeps nothing on disk, with more options as on its command line. */
    public static RedisServer start(String... options) {
        Assumptions.assumeTrue(
                isInstalled(PROGRAM), "skipped: no redis-server on the path (apt-get install redis-server)");
        return start(PROGRAM, List.of(options));
    }

    /** Starts this program. */
    static RedisServer start(String program, List<String> options) {
        try {
            RedisServer server =
                    new RedisServer(program, freePort(), Files.createTempDirectory("millrace-redis"), options);
            server.awaitPort();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isInstalled(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Starts a Sentinel, which is the same program, with this configuration. */
    static Process startSentinel(Path config, Path log) throws IOException {
        return new ProcessBuilder(PROGRAM, config.toString(), "--sentinel")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /** A port below those of outgoing connections: while a server is away, one that calls it must not meet itself there. */
    static int freePort() throws IOException {
        for (int attempts = 0; attempts < 100; attempts++) {
            int port = 15_000 + ThreadLocalRandom.current().nextInt(15_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (java.net.BindException e) {
                // taken: another one
            }
        }
        throw new IOException("no free port");
    }

    /** Starts it again, with what it kept, and more options. */
    public void launch(String... more) {
        process = launched(more);
        awaitPort();
    }

    private Process launched(String... more) {
        try {
            List<String> command = new ArrayList<>(List.of(program));
            boolean isTls = options.contains("--tls-port");
            command.addAll(
                    List.of("--port", isTls ? "0" : "" + port, "--bind", "127.0.0.1", "--dir", folder.toString()));
            command.addAll(List.of("--save", "", "--loglevel", "warning"));
            command.addAll(options.stream()
                    .map(option -> option.equals("PORT") ? "" + port : option)
                    .toList());
            command.addAll(List.of(more));
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitPort() {
        Waiting.until(Duration.ofSeconds(10), () -> {
            if (!process.isAlive()) {
                throw new AssertionError("Redis ended: " + Files.readString(folder.resolve("log")));
            }
            try (var socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected();
            } catch (IOException e) {
                return false;
            }
        });
    }

    public int port() {
        return port;
    }

    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    Path folder() {
        return folder;
    }

    /** Ends it at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Ends it in order. */
    public void stop() {
        process.destroy();
        await();
    }

    private void await() {
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("Redis does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Freezes it: its sockets stay, and nobody answers. */
    public void freeze() {
        signal(pid(), "STOP");
    }

    public void thaw() {
        signal(pid(), "CONT");
    }

    public static void signal(long pid, String name) {
        try {
            if (new ProcessBuilder("kill", "-" + name, "" + pid).start().waitFor() != 0) {
                throw new AssertionError("kill -" + name + " " + pid + " failed");
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What an administrator does by hand. */
    <T> T ask(java.util.function.Function<RedisCommands<String, String>, T> commands) {
        return ask(url(), commands);
    }

    static <T> T ask(String url, java.util.function.Function<RedisCommands<String, String>, T> commands) {
        try (var connection = ADMINISTRATOR.connect(RedisURI.create(url))) {
            return commands.apply(connection.sync());
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            signal(pid(), "CONT");
            kill();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
