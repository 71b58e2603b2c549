package dev.millrace.bench.guard;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A hub in a process of its own, and its heap looked at from outside. */
final class Hub implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("listening on (\\S+)");
    private static final Pattern HISTOGRAM_ROW =
            Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*", Pattern.DOTALL);

    private final Process process;
    private final URI address;
    private final List<Socket> listeners = new ArrayList<>();

    /** How many objects of a type live, and the bytes that they take. */
    record Live(long objects, long bytes) {}

    private Hub(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    static Hub start() throws IOException {
        Path jar = Path.of("../cli/target/millrace.jar");
        List<String> command = new ArrayList<>(List.of(tool("java"), "-Xmx512m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-jar", jar.toString(), "--port", "0", "--max-connections", "5000"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            said.append(line).append('\n');
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                return new Hub(process, URI.create(address.group(1)));
            }
        }
        throw new IllegalStateException("the hub did not start: " + said);
    }

    private static String tool(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    URI address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    /** Opens streams, and waits until each has had its first word. */
    void open(int streams) throws IOException {
        for (int i = 0; i < streams; i++) {
            Socket socket = new Socket(address.getHost(), address.getPort());
            listeners.add(socket);
            String request = "GET /events/guard HTTP/1.1\r\nHost: " + address.getAuthority() + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[2048];
            while (!answer.toString().contains("event: connected")) {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    throw new IOException("a stream was not opened: " + answer);
                }
                answer.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
            }
        }
    }

    /** What lives on its heap after a full collection, by type. */
    Map<String, Live> heap() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of(tool("jcmd"))), "jcmd is not here: this is no JDK");
        Process jcmd = new ProcessBuilder(tool("jcmd"), Long.toString(pid()), "GC.class_histogram").start();
        Map<String, Live> types = new TreeMap<>();
        for (String line : new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
            Matcher row = HISTOGRAM_ROW.matcher(line);
            if (row.matches()) {
                types.put(row.group(3), new Live(Long.parseLong(row.group(1)), Long.parseLong(row.group(2))));
            }
        }
        if (jcmd.waitFor() != 0 || types.isEmpty()) {
            throw new IllegalStateException("jcmd ended with " + jcmd.exitValue());
        }
        return types;
    }

    @Override
    public void close() throws IOException {
        for (Socket listener : listeners) {
            listener.close();
        }
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
