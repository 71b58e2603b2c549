package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that misuse HTTP/2 (RFC 9113, section 10.5) are cut off, and the others are served. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a peer that is not cut off may wait for ever
class Http2FloodIT {
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int CONTINUATION = 9;
    private static final int END_HEADERS = 4;
    private static final int END_STREAM_AND_HEADERS = 5;
    private static final byte[] LAST_PING = "the last".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** GET / of http://a in HPACK, all from the static table but the authority. */
    private static final byte[] GET = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'a'};

    private static final byte STATUS_200 = (byte) 0x88;

    private MillraceServer server;

    @BeforeEach
    void start() throws IOException {
        server = MillraceServer.builder().port(0).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void cutsOffRapidResets() throws Exception {
        assertThat(isCutOff((out, i) -> {
                    out.write(frame(HEADERS, END_STREAM_AND_HEADERS, 2 * i + 1, GET));
                    out.write(frame(RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8}));
                }))
                .isTrue();
    }

    @Test
    void cutsOffPingsWhoseAnswersAreNotRead() throws Exception {
        assertThat(isCutOff(unread(frame(PING, 0, 0, new byte[8])))).isTrue();
    }

    @Test
    void cutsOffSettingsWhoseAnswersAreNotRead() throws Exception {
        assertThat(isCutOff(unread(frame(SETTINGS, 0, 0, new byte[0])))).isTrue();
    }

    @Test
    void cutsOffHeadersWithoutEnd() throws Exception {
        assertThat(isCutOff(new Misuse() {
                    @Override
                    public void send(OutputStream out, int i) throws IOException {
                        out.write(i == 0 ? frame(HEADERS, 1, 1, GET) : frame(CONTINUATION, 0, 1, new byte[0]));
                    }

                    @Override
                    public boolean isEndOf(OutputStream out, DataInputStream in) throws IOException {
                        out.write(frame(CONTINUATION, END_HEADERS, 1, new byte[0]));
                        return endsBefore(in, HEADERS, payload -> true);
                    }
                }))
                .isTrue();
    }

    @Test
    void cutsOffHeadersThatAreTooLong() throws Exception {
        byte[] field = field(10_000);
        assertThat(isCutOff(new Misuse() {
                    @Override
                    public int times() {
                        return 100;
                    }

                    @Override
                    public void send(OutputStream out, int i) throws IOException {
                        out.write(i == 0 ? frame(HEADERS, 1, 1, GET) : frame(CONTINUATION, 0, 1, field));
                    }

                    @Override
                    public boolean isEndOf(OutputStream out, DataInputStream in) throws IOException {
                        out.write(frame(CONTINUATION, END_HEADERS, 1, new byte[0]));
                        return endsBefore(in, HEADERS, payload -> true);
                    }
                }))
                .isTrue();
    }

    @Test
    void takesHeadersOfJustUnderItsLimit() throws Exception {
        byte[] field = field(15_000);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            OutputStream out = socket.getOutputStream();
            out.write(PREFACE);
            out.write(frame(SETTINGS, 0, 0, new byte[0]));
            byte[] request = ByteBuffer.allocate(GET.length + field.length)
                    .put(GET)
                    .put(field)
                    .array();
            out.write(frame(HEADERS, END_STREAM_AND_HEADERS, 1, request));
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));

            assertThat(endsBefore(in, HEADERS, answer -> answer[0] == STATUS_200))
                    .isFalse();
        }
    }

    private interface Misuse {
        /** How often it is sent at the most: more than is let through by far. */
        default int times() {
            return 100_000;
        }

        void send(OutputStream out, int i) throws IOException;

        /** Asks whether the connection still lives. */
        default boolean isEndOf(OutputStream out, DataInputStream in) throws IOException {
            out.write(frame(PING, 0, 0, LAST_PING));
            return endsBefore(in, PING, payload -> Arrays.equals(payload, LAST_PING));
        }
    }

    /** A frame two million times, so that its answers are more than the system holds back for who does not read. */
    private static Misuse unread(byte[] frame) {
        ByteBuffer many = ByteBuffer.allocate(100 * frame.length);
        while (many.hasRemaining()) {
            many.put(frame);
        }
        return new Misuse() {
            @Override
            public int times() {
                return 20_000;
            }

            @Override
            public void send(OutputStream out, int i) throws IOException {
                out.write(many.array());
            }
        };
    }

    /**
     * Misuses a connection without reading from it, and says whether it was ended for that: what is asked of it at last is not
     * answered. Others are served meanwhile.
     */
    private boolean isCutOff(Misuse misuse) throws Exception {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            OutputStream out = socket.getOutputStream();
            out.write(PREFACE);
            out.write(frame(SETTINGS, 0, 0, new byte[0]));
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            for (int i = 0; i < misuse.times(); i++) {
                misuse.send(out, i);
                if (i == 1000) {
                    assertThat(new TestHub(server).get("/healthz").statusCode()).isEqualTo(200);
                }
            }
            return misuse.isEndOf(out, in);
        } catch (IOException e) {
            return new TestHub(server).get("/healthz").statusCode() == 200;
        }
    }

    /** Reads up to the end, which comes before a frame of this type and with such a payload, or does not. */
    private static boolean endsBefore(DataInputStream in, int type, Predicate<byte[]> payload) throws IOException {
        while (true) {
            int head = in.read();
            if (head < 0) {
                return true;
            }
            byte[] read = new byte[head << 16 | in.readUnsignedShort()];
            int its = in.readUnsignedByte();
            in.skipNBytes(5);
            in.readFully(read);
            if (its == type && payload.test(read)) {
                return false;
            }
        }
    }

    /** A header of this many bytes in HPACK (RFC 7541, section 6.2.2), from about 300 up to 16,000. */
    private static byte[] field(int bytes) {
        int rest = bytes - 6 - 127;
        byte[] field = new byte[bytes];
        Arrays.fill(field, (byte) 'x');
        return ByteBuffer.wrap(field)
                .put(new byte[] {0, 1, 'x', 127, (byte) (rest | 0x80), (byte) (rest >> 7)})
                .array();
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }
}
