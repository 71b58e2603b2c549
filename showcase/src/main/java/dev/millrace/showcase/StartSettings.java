package dev.millrace.showcase;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The properties that the program's flags and the environment stand for. */
final class StartSettings {
    /** What there is to set. */
    static final String USAGE = """
            Usage: ./millrace showcase [--port N] [--host ADDRESS] [--data-dir FOLDER]

              --port N           the port, 8090 unless given; 0 takes a free one
              --host ADDRESS     where it listens, localhost unless given; 0.0.0.0 for every address of this machine
              --data-dir FOLDER  keeps database and history in this folder, instead of in memory

            The environment: PORT; DATABASE_URL=postgres://user:password@host:5432/name for a database on PostgreSQL
            """;

    private static final Set<String> FLAGS = Set.of("--port", "--host", "--data-dir");

    private StartSettings() {}

    /**
     * What is to be set.
     *
     * @throws IllegalArgumentException that names the flag or variable that can't be
     */
    static Map<String, Object> of(String[] arguments, Map<String, String> environment) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("spring.datasource.url", "jdbc:h2:mem:showcase;DB_CLOSE_DELAY=-1");
        settings.put("server.port", port("PORT", environment.getOrDefault("PORT", "8090")));
        settings.put("server.address", InetAddress.getLoopbackAddress().getHostAddress());
        for (int i = 0; i < arguments.length; i++) {
            String[] flag = arguments[i].split("=", 2);
            if (!FLAGS.contains(flag[0])) {
                throw new IllegalArgumentException("unknown flag " + flag[0] + "; --help lists the flags");
            }
            String value = flag.length == 2 ? flag[1] : i + 1 < arguments.length ? arguments[++i] : "";
            if (value.isBlank() || (flag.length == 1 && value.startsWith("--"))) {
                throw new IllegalArgumentException(flag[0] + " needs a value");
            }
            set(flag[0], value, settings);
        }
        String database = environment.getOrDefault("DATABASE_URL", "");
        if (!database.isEmpty()) {
            connectTo(database, settings);
        }
        return settings;
    }

    private static void set(String flag, String value, Map<String, Object> settings) {
        switch (flag) {
            case "--port" -> settings.put("server.port", port("--port", value));
            case "--host" -> settings.put("server.address", address(value));
            default -> keepIn(folder(value), settings);
        }
    }

    /** Whether only the usage is asked for. */
    static boolean isHelp(String[] arguments) {
        return List.of(arguments).contains("--help") || List.of(arguments).contains("-h");
    }

    private static String address(String host) {
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--host must be an address of this machine, and is not: " + host, e);
        }
    }

    private static Path folder(String name) {
        try {
            return Files.createDirectories(Path.of(name)).toAbsolutePath();
        } catch (IOException e) {
            throw new IllegalArgumentException("--data-dir must be a folder that can be written: " + name, e);
        }
    }

    private static int port(String name, String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65535) {
            throw new IllegalArgumentException(name + " must be a number from 0 to 65535");
        }
        return Integer.parseInt(text);
    }

    private static void keepIn(Path folder, Map<String, Object> settings) {
        settings.put("millrace.data-dir", folder.resolve("hub").toString());
        // H2 writes what was committed half a second later unless told otherwise; the process may be killed before.
        settings.put(
                "spring.datasource.url",
                "jdbc:h2:file:" + folder.resolve("showcase") + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0");
    }

    /** Takes {@code postgres://user:password@host:port/name}, as hosters give it, and JDBC addresses. */
    private static void connectTo(String address, Map<String, Object> settings) {
        if (address.startsWith("jdbc:")) {
            settings.put("spring.datasource.url", address);
            return;
        }
        if (!address.startsWith("postgres://") && !address.startsWith("postgresql://")) {
            throw new IllegalArgumentException("DATABASE_URL must begin with postgres:// or jdbc:");
        }
        URI uri = parse(address);
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
        settings.put("spring.datasource.url", "jdbc:postgresql://" + uri.getHost() + port + uri.getPath() + query);
        if (uri.getRawUserInfo() != null) {
            String[] user = uri.getRawUserInfo().split(":", 2);
            settings.put("spring.datasource.username", decode(user[0]));
            settings.put("spring.datasource.password", user.length == 2 ? decode(user[1]) : "");
        }
    }

    /** It may hold a password: so it is not in the message, and neither is the parser's. */
    private static URI parse(String address) {
        try {
            URI uri = new URI(address);
            if (uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException("DATABASE_URL must be of the form postgres://user:password@host:5432/name,"
                + " other characters of the password percent-encoded");
    }

    private static String decode(String part) {
        return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
