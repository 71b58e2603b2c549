package dev.millrace.junit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/** The network between the clients of a test and its hub: a port that passes everything on, until it is cut. Thread-safe. */
final class Link implements AutoCloseable {
    private static final int BACKLOG = 500;
    private static final int PIECE = 16 * 1024;

    private final ServerSocket door;
    private final int target;
    private final Set<Socket> open = new HashSet<>(); // guarded by this
    private boolean isDown; // guarded by this

    Link(int target) {
        this.target = target;
        try {
            door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("millrace-link", this::accept);
    }

    int port() {
        return door.getLocalPort();
    }

    /** Ends every connection without a word. */
    synchronized void cut() {
        open.forEach(Link::reset);
        open.clear();
    }

    /** The same, and lets no connection through until {@link #up}. */
    synchronized void down() {
        isDown = true;
        cut();
    }

    synchronized void up() {
        isDown = false;
    }

    @Override
    public void close() {
        reset(door);
        down();
    }

    private void accept() throws IOException {
        while (!door.isClosed()) {
            Socket client = door.accept();
            Socket hub = new Socket();
            if (!admit(client, hub)) {
                reset(client);
                continue;
            }
            hub.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            run("millrace-link-up", () -> pass(client, hub));
            run("millrace-link-down", () -> pass(hub, client));
        }
    }

    private synchronized boolean admit(Socket client, Socket hub) {
        return !isDown && open.add(client) && open.add(hub);
    }

    private void pass(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] piece = new byte[PIECE];
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                out.write(piece, 0, length);
            }
        } finally {
            forget(from, to);
        }
    }

    private synchronized void forget(Socket one, Socket other) {
        open.remove(one);
        open.remove(other);
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // so that the peer is told nothing but that it is over
            socket.close();
        } catch (IOException e) {
            if (!socket.isClosed()) { // closed by its own end in this moment, it is what it should be
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void reset(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Work that ends with its connection. */
    private interface Work {
        void run() throws IOException;
    }

    private static void run(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException over) {
                        return; // the connection, or the whole link
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
