package dev.millrace.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What an event of the load generator carries: who published it, its number, and when it was due on this machine's clock. */
record Sample(int publisher, long number, long dueNanos) {
    /** The event's data, padded to a length. */
    byte[] encode(int length) {
        byte[] head = (publisher + " " + number + " " + dueNanos + " ").getBytes(StandardCharsets.US_ASCII);
        byte[] data = Arrays.copyOf(head, length);
        Arrays.fill(data, head.length, length, (byte) 'x');
        return data;
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
