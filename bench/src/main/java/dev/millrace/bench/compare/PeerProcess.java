package dev.millrace.bench.compare;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A peer that runs, on a free port of loopback. Closing it ends it. */
final class PeerProcess implements AutoCloseable {
    private static final int START_SECONDS = 60;
    private static final int END_SECONDS = 10;

    private final Process process;
    private final int port;

    private PeerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it; returns when it takes connections.
     *
     * @param pinning words to put before its command
     * @throws IOException if it does not start, with the end of what it said
     */
    static PeerProcess start(Peer peer, List<String> pinning) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(pinning);
        command.addAll(peer.command());
        Path output = Files.createTempFile("millrace-bench-" + peer.name(), ".log");
        output.toFile().deleteOnExit();
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(peer.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PORT", Integer.toString(port));
        builder.environment().put("NODE_ENV", "production");
        PeerProcess started = new PeerProcess(builder.start(), port);
        for (int tries = 0; !started.answers(); tries++) {
            if (!started.process.isAlive() || tries > 10 * START_SECONDS) {
                started.close();
                throw new IOException(peer.title() + " did not start: "
                        + Files.readString(output).strip());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return started;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
