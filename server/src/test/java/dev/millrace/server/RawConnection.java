package dev.millrace.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A socket on which a test says exactly the bytes that it wants to say. */
public final class RawConnection implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    /** An answer, its body without chunk framing. */
    public record Answer(int status, List<String> headers, String body) {
        public Optional<String> header(String name) {
            return headers.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        }
    }

    private final Socket socket;
    private final InputStream in;

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
    }

    public static RawConnection to(MillraceServer server) throws IOException {
        return to(server, 0);
    }

    /** One whose receive buffer is small, 0 for the system's standard. */
    public static RawConnection to(MillraceServer server, int receiveBuffer) throws IOException {
        return to(server.port(), receiveBuffer);
    }

    /** One to a port of this machine. */
    public static RawConnection to(int port, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        return new RawConnection(socket);
    }

    /** Sends text as ISO-8859-1: a byte for each character. */
    public RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Sends a request's head, with a Host. */
    public RawConnection sendHead(String method, String address, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + " " + address + " HTTP/1.1\r\nHost: test\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return send(head + "\r\n");
    }

    /** Sends a chunk of a body; an empty one ends it. */
    public RawConnection sendChunk(String text) throws IOException {
        return send(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    public Socket socket() {
        return socket;
    }

    public InputStream in() {
        return in;
    }

    /** A line without its end, which must be CR LF. */
    public String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended in a line: " + line.toString(StandardCharsets.UTF_8));
            } else if (b == '\r') {
                if (in.read() != '\n') {
                    throw new IOException("CR without LF after " + line.toString(StandardCharsets.UTF_8));
                }
                return line.toString(StandardCharsets.UTF_8);
            }
            line.write(b);
        }
    }

    /** The status and the headers of the next answer. */
    public Answer head() throws IOException {
        int status = Integer.parseInt(line().substring("HTTP/1.1 ".length()).substring(0, 3));
        List<String> headers = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            headers.add(line);
        }
        return new Answer(status, headers, "");
    }

    /** The next answer, whole. */
    public Answer answer() throws IOException {
        Answer head = head();
        if (head.status() == 100 || head.status() == 204 || head.status() == 304) {
            return head;
        }
        byte[] body;
        if (head.header("Transfer-Encoding").isPresent()) {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            for (byte[] chunk = chunk(); chunk.length > 0; chunk = chunk()) {
                whole.writeBytes(chunk);
            }
            body = whole.toByteArray();
        } else {
            body = in.readNBytes(Integer.parseInt(head.header("Content-Length").orElseThrow()));
        }
        return new Answer(head.status(), head.headers(), new String(body, StandardCharsets.UTF_8));
    }

    /** The next chunk; empty for the last. */
    public byte[] chunk() throws IOException {
        byte[] bytes = in.readNBytes(Integer.parseInt(line(), 16));
        if (!line().isEmpty()) {
            throw new IOException("a chunk is longer than it says");
        }
        return bytes;
    }

    /** Whether the peer has closed its half: nothing more comes. */
    public boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
