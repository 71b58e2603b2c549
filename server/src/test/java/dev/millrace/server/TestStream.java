package dev.millrace.server;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An event stream as it comes over the wire, read block by block without a parser of ours. */
final class TestStream implements AutoCloseable {
    /** What stands between two empty lines; a comment is the field with the empty name. */
    record Block(List<String> lines) {
        String field(String name) {
            StringBuilder value = new StringBuilder();
            for (String line : lines) {
                if (line.equals(name) || line.startsWith(name + ":")) {
                    String rest = line.length() > name.length() ? line.substring(name.length() + 1) : "";
                    value.append(value.isEmpty() ? "" : "\n").append(rest.startsWith(" ") ? rest.substring(1) : rest);
                }
            }
            return value.toString();
        }

        boolean has(String name) {
            return lines.stream().anyMatch(line -> line.equals(name) || line.startsWith(name + ":"));
        }

        String id() {
            return field("id");
        }

        String event() {
            return field("event");
        }

        String data() {
            return field("data");
        }
    }

    private final RawConnection connection;
    private final RawConnection.Answer head;
    private final boolean isChunked;
    private InputStream chunk = new ByteArrayInputStream(new byte[0]);

    private TestStream(RawConnection connection) throws IOException {
        this.connection = connection;
        this.head = connection.head();
        if (head.status() != 200) {
            throw new IOException("refused: " + head);
        }
        this.isChunked = head.header("Transfer-Encoding").isPresent();
    }

    static TestStream open(MillraceServer server, String address) throws IOException {
        return open(server, address, Map.of());
    }

    static TestStream open(MillraceServer server, String address, Map<String, String> headers) throws IOException {
        return open(RawConnection.to(server), address, headers);
    }

    static TestStream open(RawConnection connection, String address, Map<String, String> headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + address + " HTTP/1.1\r\nHost: test\r\n");
        new TreeMap<>(headers).forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
        connection.send(request + "\r\n");
        return new TestStream(connection);
    }

    /** Reads the answer to a request that was sent already. */
    static TestStream on(RawConnection connection) throws IOException {
        return new TestStream(connection);
    }

    RawConnection.Answer head() {
        return head;
    }

    RawConnection connection() {
        return connection;
    }

    /** The next block with a field, or a comment. */
    Block next() throws IOException {
        List<String> lines = new ArrayList<>();
        while (true) {
            String line = line();
            if (!line.isEmpty()) {
                lines.add(line);
            } else if (!lines.isEmpty()) {
                return new Block(lines);
            }
        }
    }

    /** The next block that is an event: neither a comment nor a retry alone. */
    Block nextEvent() throws IOException {
        while (true) {
            Block block = next();
            if (block.has("data")) {
                return block;
            }
        }
    }

    /** The data of the next events, so many. */
    List<String> data(int count) throws IOException {
        List<String> data = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            data.add(nextEvent().data());
        }
        return data;
    }

    /** Whether nothing comes for so long. */
    boolean isSilentFor(int millis) throws IOException {
        connection.socket().setSoTimeout(millis);
        try {
            next();
            return false;
        } catch (SocketTimeoutException e) {
            return true;
        } finally {
            connection.socket().setSoTimeout(10_000);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = read(); b != '\n'; b = read()) {
            if (b < 0) {
                throw new EOFException("the stream has ended");
            } else if (b == '\r') {
                throw new IOException("a CR in the stream");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    private int read() throws IOException {
        if (!isChunked) {
            return connection.in().read();
        }
        int b = chunk.read();
        if (b < 0) {
            byte[] next = connection.chunk();
            if (next.length == 0) {
                return -1;
            }
            chunk = new ByteArrayInputStream(next);
            b = chunk.read();
        }
        return b;
    }

    /** Reads to the end, which must be a proper one; the blocks on the way. */
    List<Block> rest() throws IOException {
        List<Block> blocks = new ArrayList<>();
        while (true) {
            try {
                blocks.add(next());
            } catch (EOFException end) {
                if (!connection.isEnded()) {
                    throw new IOException("bytes after the end");
                }
                return blocks;
            }
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
