package dev.millrace.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Very many listeners on one thread: they count how often each got a text, and keep nothing. */
final class ManyClients implements AutoCloseable {
    private static final int MOST_OPENING = 100;

    /** One listener: how much of the text that is looked for has been matched, and how often it came. */
    private final class Client {
        private int matched;

        void read(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                matched = bytes.get() == text[matched] ? matched + 1 : 0; // the first byte occurs in it once
                if (matched == text.length) {
                    matched = 0;
                    seen.incrementAndGet();
                }
            }
        }
    }

    private final Selector selector = Selector.open();
    private final List<SocketChannel> sockets = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private byte[] text = {};

    ManyClients() throws IOException {}

    /** Opens so many streams; returns when each has its first words. */
    void open(int count, int port, String target) throws IOException {
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: localhost:" + port
                        + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        expect("event: connected\n");
        for (int i = 0; i < count; i++) {
            SocketChannel socket = SocketChannel.open(address);
            socket.write(ByteBuffer.wrap(request));
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_READ, new Client());
            sockets.add(socket);
            while (sockets.size() - seen.get() > MOST_OPENING) {
                readSome();
            }
        }
        await(count);
    }

    /** Looks for this text from now on; its first byte must occur in it once. */
    void expect(String what) {
        text = what.getBytes(StandardCharsets.UTF_8);
        seen.set(0);
    }

    /** Reads until the text came so often, to all together. */
    void await(int times) throws IOException {
        long end = System.nanoTime() + 120_000_000_000L;
        while (seen.get() < times) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "it came " + seen + " times instead of " + times + ", " + ended + " streams ended");
            }
            readSome();
        }
    }

    private void readSome() throws IOException {
        selector.select(this::read, 100);
    }

    private void read(SelectionKey key) {
        try {
            buffer.clear();
            int length = ((SocketChannel) key.channel()).read(buffer);
            if (length < 0) {
                ended.incrementAndGet();
                key.cancel();
            } else {
                ((Client) key.attachment()).read(buffer.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel socket : sockets) {
            socket.close();
        }
        selector.close();
    }
}
