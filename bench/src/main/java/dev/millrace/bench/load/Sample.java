package dev.millrace.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;

/** What an event of the load generator carries: who published it, its number, and when it was due on this machine's clock. */
record Sample(int publisher, long number, long dueNanos) {
    private static final byte[] PADDING = new byte[1024];

    static {
        Arrays.fill(PADDING, (byte) 'x');
    }

    /** Writes the event's data, padded to a length. */
    void writeTo(ByteBuf bytes, int length) {
        int rest = length - ByteBufUtil.writeAscii(bytes, publisher + " " + number + " " + dueNanos + " ");
        for (; rest > PADDING.length; rest -= PADDING.length) {
            bytes.writeBytes(PADDING);
        }
        bytes.writeBytes(PADDING, 0, rest);
    }

    static Sample parse(String data) {
        int first = data.indexOf(' ');
        int second = data.indexOf(' ', first + 1);
        int third = data.indexOf(' ', second + 1);
        return new Sample(
                Integer.parseInt(data, 0, first, 10),
                Long.parseLong(data, first + 1, second, 10),
                Long.parseLong(data, second + 1, third, 10));
    }
}
