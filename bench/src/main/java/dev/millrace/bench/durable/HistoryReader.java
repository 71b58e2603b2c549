package dev.millrace.bench.durable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** A thread that reads all that is kept, from the oldest event on, again and again; it counts bytes and looks at none. */
final class HistoryReader extends Thread {
    private static final int SILENCE_MILLIS = 300; // it has reached the newest event

    private final URI hub;
    private final int bytesPerSecond;
    private long bytes;
    private volatile boolean isOver;

    /**
     * @param bytesPerSecond how much it takes; 0 for all that comes
     */
    HistoryReader(URI hub, int bytesPerSecond) {
        super("history-reader");
        this.hub = hub;
        this.bytesPerSecond = bytesPerSecond;
    }

    /** Ends it; answers how many bytes it has read. */
    long end() throws InterruptedException {
        isOver = true;
        join();
        return bytes;
    }

    @Override
    public void run() {
        while (!isOver) {
            try (Socket socket = new Socket(hub.getHost(), hub.getPort())) {
                socket.setSoTimeout(SILENCE_MILLIS);
                String request = "GET /events?channel=" + Filling.PREFIX + "*&lastEventId=earliest HTTP/1.1\r\nHost: "
                        + hub.getAuthority() + "\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                readOn(socket.getInputStream());
            } catch (SocketTimeoutException e) {
                // once more from the beginning
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void readOn(InputStream in) throws IOException {
        byte[] buffer = new byte[1 << 16];
        for (int read = in.read(buffer); read >= 0 && !isOver; read = in.read(buffer)) {
            bytes += read;
            if (bytesPerSecond > 0) {
                LockSupport.parkNanos(read * 1_000_000_000L / bytesPerSecond);
            }
        }
    }
}
