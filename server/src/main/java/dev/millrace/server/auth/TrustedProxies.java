package dev.millrace.server.auth;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The proxies whose word counts about whom a request comes from: addresses and networks. */
public final class TrustedProxies {
    /** None: a request comes from the peer of its connection. */
    public static final TrustedProxies NONE = new TrustedProxies(List.of());

    private record Network(InetAddress first, int bits) {
        boolean holds(InetAddress address) {
            byte[] ours = first.getAddress();
            byte[] theirs = address.getAddress();
            return ours.length == theirs.length && commonBits(ours, theirs) >= bits;
        }

        private static int commonBits(byte[] one, byte[] other) {
            int index = Arrays.mismatch(one, other);
            return index < 0
                    ? one.length * 8
                    : index * 8 + Integer.numberOfLeadingZeros((one[index] ^ other[index]) & 0xff) - 24;
        }
    }

    private final List<Network> networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = networks;
    }

    /**
     * The proxies of a setting: addresses, and networks such as {@code 10.0.0.0/8}.
     *
     * @throws IllegalArgumentException if one is neither
     */
    public static TrustedProxies of(List<String> settings) {
        return new TrustedProxies(settings.stream().map(TrustedProxies::network).toList());
    }

    /** Whether a connection's peer is one of them. */
    public boolean contains(InetAddress peer) {
        return networks.stream().anyMatch(network -> network.holds(peer));
    }

    /**
     * The client of a request: the right-most address of {@code X-Forwarded-For} that is not a trusted proxy. What stands left of it,
     * the client could have written itself.
     *
     * @param peer the connection's
     * @param forwardedFor the values of the header, in their order
     */
    public ClientAddress client(InetAddress peer, List<String> forwardedFor) {
        InetAddress client = peer;
        List<String> hops = hops(forwardedFor);
        for (int i = hops.size() - 1; i >= 0 && contains(client); i--) {
            Optional<InetAddress> next = ClientAddress.parse(withoutPort(hops.get(i)));
            if (next.isEmpty()) {
                break;
            }
            client = next.get();
        }
        return ClientAddress.of(client);
    }

    /**
     * What a trusted proxy says of the request that it got, or empty where the peer is none, or says nothing.
     *
     * @param header the values of {@code X-Forwarded-Proto} or {@code X-Forwarded-Host}; the right-most is the peer's own word
     */
    public Optional<String> forwarded(InetAddress peer, List<String> header) {
        List<String> hops = hops(header);
        return hops.isEmpty() || !contains(peer) ? Optional.empty() : Optional.of(hops.get(hops.size() - 1));
    }

    private static List<String> hops(List<String> header) {
        List<String> hops = new ArrayList<>();
        for (String line : header) {
            for (String hop : line.split(",", -1)) {
                hops.add(hop.strip());
            }
        }
        return hops;
    }

    // Some proxies write 192.0.2.1:4711 and [2001:db8::1]:4711.
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? "" : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }

    private static Network network(String setting) {
        int slash = setting.indexOf('/');
        Optional<InetAddress> address = ClientAddress.parse(slash < 0 ? setting : setting.substring(0, slash));
        if (address.isPresent()) {
            int size = address.get().getAddress().length * 8;
            int bits = slash < 0 ? size : bits(setting.substring(slash + 1));
            if (bits >= 0 && bits <= size) {
                return new Network(address.get(), bits);
            }
        }
        throw new IllegalArgumentException("a trusted proxy must be an address or a network such as 10.0.0.0/8");
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }
}
