package dev.millrace.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A way to a server that can be cut. */
final class CuttingProxy implements AutoCloseable {
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int target;
    private volatile boolean isCut;

    CuttingProxy(int target) throws IOException {
        this.target = target;
        run(() -> {
            while (true) {
                Socket client = door.accept();
                if (isCut) {
                    client.close();
                    continue;
                }
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                run(() -> copy(client, server));
                run(() -> copy(server, client));
            }
        });
    }

    int port() {
        return door.getLocalPort();
    }

    /** Ends every connection without a word, and lets none through until it is mended. */
    void cut() throws IOException {
        isCut = true;
        for (Socket socket : sockets) {
            if (!socket.isClosed()) {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        }
        sockets.clear();
    }

    void mend() {
        isCut = false;
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException end) {
                return; // the connection is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void copy(Socket from, Socket to) throws IOException {
        InputStream in = from.getInputStream();
        byte[] bytes = new byte[8192];
        for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
            to.getOutputStream().write(bytes, 0, n);
        }
        to.close();
    }

    @Override
    public void close() throws IOException {
        door.close();
        cut();
    }

    @Override
    public String toString() {
        return port() + " -> " + target;
    }
}
