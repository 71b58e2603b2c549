package dev.millrace.server.http;

import dev.millrace.server.auth.Origins;
import dev.millrace.server.auth.TrustedProxies;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the HTTP side of a hub is told.
 *
 * @param host the address to listen on
 * @param port the port; 0 takes a free one
 * @param retry how long clients wait before they come back
 * @param maxConnectionsPerAddress the most streams of one address
 * @param origins whose pages may use the hub
 * @param proxies whose word counts about whom a request comes from
 * @param publishRate the most events a second of one caller
 * @param tls its certificate; empty for plain HTTP
 * @param hasSystemMetrics whether the hub's own figures can be listened to
 * @param hasAccessLog whether requests and streams are logged when they are over
 * @param givenSocket descriptor of a listening socket to be used instead of address and port; an address of this machine
 *     alone still has to hold for it
 */
public record HttpSettings(
        String host,
        int port,
        Duration retry,
        Optional<Integer> maxConnectionsPerAddress,
        Origins origins,
        TrustedProxies proxies,
        Optional<Integer> publishRate,
        Optional<Tls> tls,
        boolean hasSystemMetrics,
        boolean hasAccessLog,
        OptionalInt givenSocket) {}
