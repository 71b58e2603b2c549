package dev.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An HTTP/1.1 server on a real socket whose test says, byte for byte, what it answers. Each connection has one request. */
final class ScriptedServer implements AutoCloseable {

    static final String STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServerSocket socket;
    private final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    ScriptedServer() throws IOException {
        this(0);
    }

    ScriptedServer(int port) throws IOException {
        socket = new ServerSocket();
        await().pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(BindException.class)
                .until(() -> bind(port));
        Thread thread = new Thread(this::accept, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** A port that was closed a moment ago may still be in use by the other end of a connection. */
    private boolean bind(int port) throws IOException {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return true;
    }

    int port() {
        return socket.getLocalPort();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** The next request, as it came. */
    Exchange take() throws InterruptedException {
        Exchange exchange = exchanges.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (exchange == null) {
            throw new AssertionError("no request came within " + PATIENCE);
        }
        return exchange;
    }

    boolean isIdle() {
        return exchanges.isEmpty();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = socket.accept();
                connection.setSoTimeout((int) PATIENCE.toMillis());
                open.add(connection);
                Thread thread = new Thread(() -> read(connection), "scripted-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private void read(Socket connection) {
        try {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String line = line(in);
            Map<String, String> headers = new TreeMap<>();
            for (String header = line(in); !header.isEmpty(); header = line(in)) {
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
            StringBuilder body = new StringBuilder();
            if ("chunked".equals(headers.get("transfer-encoding"))) {
                for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
                    body.append(new String(in.readNBytes(size), UTF_8));
                    line(in);
                }
            } else {
                body.append(new String(
                        in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0"))), UTF_8));
            }
            String[] words = line.split(" ", -1);
            exchanges.add(new Exchange(connection, words[0], words[1], headers, body.toString()));
        } catch (IOException | ArrayIndexOutOfBoundsException abandoned) {
            // The client went away before its request was whole.
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("end of request");
            }
            line.append((char) b);
        }
        return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (Socket connection : open) {
            connection.close();
        }
    }

    /** One request, and the means to answer it; header names are in lower case. */
    record Exchange(Socket socket, String method, String target, Map<String, String> headers, String body) {

        /** Begins an event stream and sends the text. */
        Exchange stream(String text) throws IOException {
            return send(STREAM + text);
        }

        Exchange send(String text) throws IOException {
            return send(text.getBytes(UTF_8));
        }

        Exchange send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            return this;
        }

        /** Answers with a status, headers (each with its CRLF) and a body, and ends the connection. */
        void answer(int status, String moreHeaders, String body) throws IOException {
            send("HTTP/1.1 " + status + " X\r\n" + moreHeaders + "Content-Length: " + body.getBytes(UTF_8).length
                    + "\r\nConnection: close\r\n\r\n" + body);
            end();
        }

        /** Ends the connection in good order. */
        void end() throws IOException {
            socket.close();
        }

        /** Breaks the connection: the client gets a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }
}
