package dev.millrace.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A proxy that this folder has a configuration for: how the real one is started with the real file. */
enum Proxy {
    NGINX("nginx/millrace.conf", "listen 80;", "listen 127.0.0.1:%d;", "# server 127.0.0.1:8081 max", "server %s max") {
        @Override
        List<String> command(Path folder, Path configuration) throws IOException {
            Path main = folder.resolve("nginx.conf");
            Files.writeString(main, """
                    daemon off;
                    pid %1$s/nginx.pid;
                    %3$s
                    worker_rlimit_nofile 16384;
                    events { worker_connections 8192; }
                    http {
                        access_log off;
                        client_body_temp_path %1$s/body;
                        proxy_temp_path %1$s/proxy;
                        fastcgi_temp_path %1$s/fastcgi;
                        uwsgi_temp_path %1$s/uwsgi;
                        scgi_temp_path %1$s/scgi;
                        include %2$s;
                    }
                    """.formatted(folder, configuration, isRoot() ? "user root;" : ""));
            return List.of(found("nginx"), "-e", "stderr", "-p", folder.toString(), "-c", main.toString());
        }
    },
    HAPROXY("haproxy/haproxy.cfg", "bind :80", "bind 127.0.0.1:%d", "# server hub2 127.0.0.1:8081", "server hub2 %s") {
        @Override
        List<String> command(Path folder, Path configuration) {
            return List.of(found("haproxy"), "-db", "-f", configuration.toString());
        }
    },
    CADDY("caddy/Caddyfile", ":80 {", "http://127.0.0.1:%d {", "127.0.0.1:8080 {", "127.0.0.1:8080 %s {") {
        @Override
        List<String> command(Path folder, Path configuration) throws IOException {
            Files.writeString(configuration, "{\n\tadmin off\n\tauto_https off\n}\n" + Files.readString(configuration));
            return List.of(
                    found("env"),
                    "XDG_DATA_HOME=" + folder,
                    "XDG_CONFIG_HOME=" + folder,
                    found("caddy"),
                    "run",
                    "--adapter",
                    "caddyfile",
                    "--config",
                    configuration.toString());
        }
    };

    private final String file;
    private final String door;
    private final String ourDoor;
    private final String second;
    private final String ourSecond;

    Proxy(String file, String door, String ourDoor, String second, String ourSecond) {
        this.file = file;
        this.door = door;
        this.ourDoor = ourDoor;
        this.second = second;
        this.ourSecond = ourSecond;
    }

    /** A proxy that runs, and where it listens. */
    record Running(Program program, URI uri) implements AutoCloseable {
        @Override
        public void close() {
            program.close();
        }
    }

    abstract List<String> command(Path folder, Path configuration) throws IOException;

    /** Starts it in front of one hub or two; the test is skipped where it is not installed. */
    Running start(Path folder, URI... hubs) throws IOException {
        String name = name().toLowerCase(java.util.Locale.ROOT);
        assumeTrue(Stream.of("/usr/sbin/", "/usr/bin/").anyMatch(bin -> Files.isExecutable(Path.of(bin + name))), name);
        int port = freePort();
        String text = replace(Files.readString(Path.of(file)), door, ourDoor.formatted(port));
        if (hubs.length > 1) {
            text = replace(text, second, ourSecond.formatted(hubs[1].getAuthority()));
        }
        text = replace(text, "127.0.0.1:8080", hubs[0].getAuthority());
        Path configuration = Files.writeString(folder.resolve("configuration"), text);
        Program program = Program.start(command(folder, configuration));
        return new Running(program, URI.create("http://127.0.0.1:" + port));
    }

    private static String replace(String text, String from, String to) {
        if (!text.contains(from)) {
            throw new IllegalStateException("the configuration has no \"" + from + "\"");
        }
        return text.replace(from, to);
    }

    static String found(String program) {
        return Stream.of("/usr/sbin/", "/usr/bin/")
                .map(bin -> bin + program)
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(program + " is not there"));
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
