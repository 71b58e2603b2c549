package dev.millrace.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP link to a hub that a test breaks: it cuts connections, lets none through, or loses what the hub answers. */
final class FaultyLink implements AutoCloseable {

    private final ServerSocket socket;
    private final int hubPort;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isDown;
    private volatile boolean losesAnswers;

    FaultyLink(int hubPort) throws IOException {
        this.hubPort = hubPort;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        spawn(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }

    int connections() {
        return open.size() / 2;
    }

    /** Cuts all connections; new ones work. */
    void cut() {
        open.forEach(FaultyLink::closeQuietly);
        open.clear();
    }

    /** While down, new connections are cut at once. */
    void down(boolean isDownNow) {
        isDown = isDownNow;
        if (isDownNow) {
            cut();
        }
    }

    /** While it loses answers, requests reach the hub, and the connection is cut when the hub answers. */
    void loseAnswers(boolean losesAnswersNow) {
        losesAnswers = losesAnswersNow;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = socket.accept();
                if (isDown) {
                    closeQuietly(client);
                    continue;
                }
                Socket hub = new Socket(InetAddress.getLoopbackAddress(), hubPort);
                open.add(client);
                open.add(hub);
                spawn(() -> pump(client, hub, false));
                spawn(() -> pump(hub, client, true));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void pump(Socket from, Socket to, boolean areAnswers) {
        byte[] chunk = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(chunk); n >= 0 && !(areAnswers && losesAnswers); n = in.read(chunk)) {
                out.write(chunk, 0, n);
            }
        } catch (IOException cut) {
            // One end is gone, so the other goes too.
        }
        closeQuietly(from);
        closeQuietly(to);
        open.remove(from);
        open.remove(to);
    }

    private static void spawn(Runnable task) {
        Thread thread = new Thread(task, "faulty-link");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            // It is closed all the same.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        cut();
    }
}
