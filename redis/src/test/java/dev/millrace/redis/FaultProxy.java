package dev.millrace.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A way to Redis that a test can make slow, mute or cut. */
final class FaultProxy implements AutoCloseable {
    /** One connection through the proxy. */
    static final class Wire {
        private final Socket client;
        private final Socket server;
        private final AtomicLong said = new AtomicLong();
        private volatile boolean isLive; // it has subscribed
        private volatile boolean isMute;
        private volatile boolean losesReplies;

        Wire(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        boolean isLive() {
            return isLive;
        }

        /** How many bytes the server has said. */
        long said() {
            return said.get();
        }

        /** Takes everything from both sides, and gives nothing on. */
        void mute() {
            isMute = true;
        }

        /** What the client says arrives; what the server answers does not. */
        void loseReplies() {
            losesReplies = true;
        }

        /** Makes its end a reset, and no farewell. */
        private static void reset(Socket socket) throws SocketException {
            try {
                socket.setSoLinger(true, 0);
            } catch (SocketException e) {
                if (!socket.isClosed()) { // its pump may just have closed it
                    throw e;
                }
            }
        }

        void cut() {
            try {
                if (!client.isClosed()) {
                    reset(client);
                }
                client.close();
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private final ServerSocket listener;
    private volatile int target;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private volatile boolean isMute;
    private volatile long delayMillis;

    FaultProxy(int target) throws IOException {
        this.target = target;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    String url() {
        return "redis://127.0.0.1:" + listener.getLocalPort();
    }

    /** Connections that come from now on lead to another server. */
    void lead(int port) {
        target = port;
    }

    /** Each piece of data takes so much longer. */
    void delay(long millis) {
        delayMillis = millis;
    }

    /** All connections are mute, and those that come. */
    void mute() {
        isMute = true;
        wires.forEach(Wire::mute);
    }

    /** Connections that come from now on work; what was muted stays so. */
    void heal() {
        isMute = false;
    }

    void cut() {
        cut(wire -> true);
    }

    void cut(Predicate<Wire> which) {
        wires.stream().filter(which).forEach(Wire::cut);
    }

    Set<Wire> wires() {
        return wires;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket();
                try {
                    server.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), target), 1000);
                } catch (IOException e) {
                    client.close();
                    continue;
                }
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Wire wire = new Wire(client, server);
                wire.isMute = isMute;
                wires.add(wire);
                start(() -> pump(wire, client, server, true));
                start(() -> pump(wire, server, client, false));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void pump(Wire wire, Socket from, Socket to, boolean isRequest) {
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (isRequest && new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains("\nSUBSCRIBE\r")) {
                    wire.isLive = true;
                }
                if (!isRequest) {
                    wire.said.addAndGet(length);
                }
                if (delayMillis > 0) {
                    TimeUnit.MILLISECONDS.sleep(delayMillis);
                }
                if (!wire.isMute && (isRequest || !wire.losesReplies)) {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException e) {
            // cut
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            wires.remove(wire);
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        wires.forEach(Wire::cut);
    }
}
