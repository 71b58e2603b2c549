package dev.millrace.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A real nginx in front of a hub. */
record Nginx(Process process, String url) implements AutoCloseable {
    /** Starts it; the test is skipped where it is not installed. */
    static Nginx start(Path folder, URI hub, String settings) throws IOException {
        String program = Stream.of("/usr/sbin/nginx", "/usr/bin/nginx")
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElse("");
        assumeTrue(!program.isEmpty(), "nginx");
        int port = freePort();
        Path file = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                pid %1$s/nginx.pid;
                %2$s
                events {}
                http {
                    access_log off;
                    client_body_temp_path %1$s/body;
                    proxy_temp_path %1$s/proxy;
                    fastcgi_temp_path %1$s/fastcgi;
                    uwsgi_temp_path %1$s/uwsgi;
                    scgi_temp_path %1$s/scgi;
                    server {
                        listen 127.0.0.1:%3$d;
                        location / {
                            proxy_pass http://%4$s;
                            proxy_set_header Host $http_host;
                            %5$s
                        }
                    }
                }
                """.formatted(
                        folder,
                        "root".equals(System.getProperty("user.name")) ? "user root;" : "",
                        port,
                        hub.getAuthority(),
                        settings));
        Process process = new ProcessBuilder(
                        List.of(program, "-e", "stderr", "-p", folder.toString(), "-c", file.toString()))
                .inheritIO()
                .start();
        await().atMost(Duration.ofSeconds(30)).until(() -> isThere(port));
        return new Nginx(process, "http://127.0.0.1:" + port);
    }

    private static boolean isThere(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
