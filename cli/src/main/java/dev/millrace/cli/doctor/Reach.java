package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;

/** Whether the name is known, and something takes connections there. */
final class Reach {
    private static final String NAME = "reach";

    private final Subject subject;

    Reach(Subject subject) {
        this.subject = subject;
    }

    Finding check() {
        InetAddress address;
        try {
            address = InetAddress.getByName(subject.host());
        } catch (UnknownHostException e) {
            return Finding.fail(
                    NAME,
                    "there is no host named " + subject.host(),
                    List.of(new Fix("the address", "is the name spelt right, and known to this machine's DNS?")));
        }
        long begun = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, subject.port()), (int) Subject.PATIENCE.toMillis());
        } catch (IOException e) {
            return Finding.fail(
                    NAME,
                    "nothing takes connections at " + address.getHostAddress() + " port " + subject.port() + ": "
                            + e.getMessage(),
                    List.of(new Fix(
                            "the hub or its proxy",
                            "is it started, on this port, and does the firewall let it through?")));
        }
        return Finding.ok(
                NAME,
                address.getHostAddress() + " port " + subject.port() + ", connected in "
                        + millis(System.nanoTime() - begun));
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
}
