package dev.millrace.bench.durable;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A thread that reads all that is kept, from the oldest event on, again and again; it counts bytes and looks at none. It has
 * come through when nothing comes any more and there were at least as many bytes as the events' data has.
 */
final class HistoryReader extends Thread {
    private static final int SILENCE_MILLIS = 300; // nothing comes any more
    private static final int MAX_SILENCES = 100; // with events missing still: then it does not go on

    private final URI hub;
    private final long historyBytes;
    private final int bytesPerSecond;
    private long bytes;
    private int timesThrough;
    private @Nullable IOException failure;
    private volatile boolean isOver;

    /** What a reader has read. */
    record Read(long bytes, int timesThrough) {}

    /**
     * @param bytesPerSecond how much it takes; 0 for all that comes
     */
    HistoryReader(URI hub, Filling history, int bytesPerSecond) {
        super("history-reader");
        setDaemon(true);
        this.hub = hub;
        this.historyBytes = (long) history.events() * history.payload();
        this.bytesPerSecond = bytesPerSecond;
    }

    /**
     * Ends it.
     *
     * @throws IOException if it read nothing, or what it read ended before all events were there
     */
    Read end() throws IOException, InterruptedException {
        isOver = true;
        join();
        if (failure != null) {
            throw new IOException("the history could not be read: " + failure.getMessage(), failure);
        }
        if (bytes == 0) {
            throw new IOException("nothing was read of the history");
        }
        return new Read(bytes, timesThrough);
    }

    @Override
    public void run() {
        try {
            while (!isOver) {
                readThrough();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    private void readThrough() throws IOException {
        try (Socket socket = new Socket(hub.getHost(), hub.getPort())) {
            socket.setSoTimeout(SILENCE_MILLIS);
            String request = "GET /events?channel=" + Filling.PREFIX + "*&lastEventId=earliest HTTP/1.1\r\nHost: "
                    + hub.getAuthority() + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            if (readToTheNewest(socket.getInputStream())) {
                timesThrough++;
            }
        }
    }

    /** Whether it got there, and was not ended before. */
    private boolean readToTheNewest(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long before = bytes;
        int silences = 0;
        while (!isOver) {
            try {
                int read = in.read(buffer);
                if (read < 0) {
                    throw new IOException("the hub ended the stream after " + (bytes - before) + " bytes");
                }
                bytes += read;
                silences = 0;
                rest(read);
            } catch (SocketTimeoutException e) {
                if (bytes - before >= historyBytes) {
                    return true;
                }
                if (++silences == MAX_SILENCES) {
                    throw new IOException("no more came after " + (bytes - before) + " bytes", e);
                }
            }
        }
        return false;
    }

    private void rest(int read) {
        if (bytesPerSecond > 0) {
            LockSupport.parkNanos(read * 1_000_000_000L / bytesPerSecond);
        }
    }
}
