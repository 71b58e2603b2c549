package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private final TrustedProxies proxies =
            TrustedProxies.of(List.of("10.0.0.0/8", "192.0.2.1", "2001:db8:ffff::/48", "::1"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // peer     | X-Forwarded-For                      | client
                "203.0.113.7| ''                                   | 203.0.113.7",
                "203.0.113.7| 198.51.100.1                         | 203.0.113.7",
                "10.1.2.3   | 198.51.100.1                         | 198.51.100.1",
                "192.0.2.1  | 198.51.100.1                         | 198.51.100.1",
                "192.0.2.2  | 198.51.100.1                         | 192.0.2.2",
                "10.1.2.3   | 6.6.6.6, 198.51.100.1                | 198.51.100.1",
                "10.1.2.3   | 6.6.6.6, 198.51.100.1, 10.9.9.9      | 198.51.100.1",
                "10.1.2.3   | 6.6.6.6,198.51.100.1,192.0.2.1,10.0.0.1 | 198.51.100.1",
                "10.1.2.3   | 10.0.0.7                             | 10.0.0.7",
                "10.1.2.3   | 198.51.100.1:4711                    | 198.51.100.1",
                "10.1.2.3   | [2001:db8:1:2:3::4]:4711             | 2001:db8:1:2:0:0:0:0/64",
                "::1        | 2001:db8:1:2:3::4                    | 2001:db8:1:2:0:0:0:0/64",
                "::1        | 2001:db8:ffff:1::1, ::ffff:10.0.0.1  | 2001:db8:ffff:1:0:0:0:0/64",
                "::ffff:10.1.2.3 | ::ffff:198.51.100.1             | 198.51.100.1",
                "10.1.2.3   | unknown                              | 10.1.2.3",
                "10.1.2.3   | 198.51.100.1, unknown                | 10.1.2.3",
                "10.1.2.3   | 198.51.100.1, localhost              | 10.1.2.3",
                "10.1.2.3   | 198.51.100.1,                        | 10.1.2.3",
                "10.1.2.3   | 1.2.3                                | 10.1.2.3",
                "10.1.2.3   | 1.2.3.256                            | 10.1.2.3",
                "10.1.2.3   | 010.1.1.1                            | 10.1.2.3",
                "10.1.2.3   | fe80::1%eth0                         | 10.1.2.3",
            })
    void findsTheRightMostAddressThatIsNoProxy(String peer, String forwardedFor, String client) throws Exception {
        assertThat(proxies.client(InetAddress.getByName(peer), List.of(forwardedFor))
                        .toString())
                .isEqualTo(client);
    }

    @Test
    void readsSeveralHeaderLinesAsOne() throws Exception {
        InetAddress peer = InetAddress.getByName("10.1.2.3");

        assertThat(proxies.client(peer, List.of("6.6.6.6", "198.51.100.1", "10.0.0.1"))
                        .value())
                .isEqualTo("198.51.100.1");
        assertThat(proxies.client(peer, List.of()).value()).isEqualTo("10.1.2.3");
    }

    @Test
    void takesOnlyAProxysWordForSchemeAndHost() throws Exception {
        InetAddress proxy = InetAddress.getByName("10.1.2.3");
        InetAddress stranger = InetAddress.getByName("203.0.113.7");

        assertThat(proxies.forwarded(proxy, List.of("http, https"))).contains("https");
        assertThat(proxies.forwarded(proxy, List.of())).isEmpty();
        assertThat(proxies.forwarded(stranger, List.of("https"))).isEmpty();
        assertThat(TrustedProxies.NONE.forwarded(proxy, List.of("https"))).isEmpty();
    }

    @Test
    void countsAnIpv6NetworkAsOneClient() throws Exception {
        assertThat(ClientAddress.of(InetAddress.getByName("2001:db8:1:2::1")))
                .isEqualTo(ClientAddress.of(InetAddress.getByName("2001:db8:1:2:ffff:ffff:ffff:ffff")))
                .isNotEqualTo(ClientAddress.of(InetAddress.getByName("2001:db8:1:3::1")));
    }

    @Test
    void comparesNetworksToTheBit() throws Exception {
        TrustedProxies half = TrustedProxies.of(List.of("192.0.2.128/25"));

        assertThat(half.contains(InetAddress.getByName("192.0.2.128"))).isTrue();
        assertThat(half.contains(InetAddress.getByName("192.0.2.127"))).isFalse();
        assertThat(TrustedProxies.of(List.of("0.0.0.0/0")).contains(InetAddress.getByName("203.0.113.7")))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1", "::1/129", "10.0.0"
            })
    void refusesWhatIsNoAddress(String setting) {
        assertThatThrownBy(() -> TrustedProxies.of(List.of(setting)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.0/8");
    }
}
