package dev.millrace.redis;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Several messages in one: {@code +}, and for each its length in bytes, LF, and the message. A single one is sent as it is, and none
 * begins with {@code +}.
 */
final class Batch {
    private static final byte MARK = '+';

    private Batch() {}

    static byte[] of(List<byte[]> messages) {
        if (messages.size() == 1) {
            return messages.get(0);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(MARK);
        for (byte[] message : messages) {
            all.writeBytes((message.length + "\n").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    /** Hands each message on. */
    static void open(byte[] batch, Consumer<byte[]> taker) {
        if (batch.length == 0 || batch[0] != MARK) {
            taker.accept(batch);
            return;
        }
        int at = 1;
        while (at < batch.length) {
            int end = at;
            while (batch[end] != '\n') {
                end++;
            }
            int size = Integer.parseInt(new String(batch, at, end - at, StandardCharsets.US_ASCII));
            at = end + 1 + size;
            taker.accept(Arrays.copyOfRange(batch, end + 1, at));
        }
    }
}
