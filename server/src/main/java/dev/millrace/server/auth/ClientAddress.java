package dev.millrace.server.auth;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address that a client counts under: one IPv4 address, or one IPv6 network of 64 bits, which is what one client gets.
 *
 * @param value prints as {@code 203.0.113.7} or {@code 2001:db8:1:2:0:0:0:0/64}
 */
public record ClientAddress(String value) {
    private static final int NETWORK_BYTES = 8;
    private static final Pattern IPV4 = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    /** The one that an address belongs to. An IPv4 address inside an IPv6 one is the same as that address alone. */
    public static ClientAddress of(InetAddress address) {
        if (address instanceof Inet4Address) {
            return new ClientAddress(text(address.getAddress()));
        }
        byte[] network = Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), 2 * NETWORK_BYTES);
        return new ClientAddress(text(network) + "/64");
    }

    /** The address that a text is, or empty where it is none; names are never looked up. */
    static Optional<InetAddress> parse(String text) {
        boolean isV6 = IPV6.matcher(text).matches();
        if (!isV6 && !IPV4.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(isV6 ? "[" + text + "]" : text));
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    private static String text(byte[] address) {
        try {
            return InetAddress.getByAddress(address).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes is one", e);
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
