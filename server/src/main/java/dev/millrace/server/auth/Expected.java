package dev.millrace.server.auth;

import java.util.Set;

/**
 * What a hub asks of a token besides its signature, and what it grants without one.
 *
 * @param issuer the only {@code iss} that is taken; empty takes any
 * @param audience the {@code aud} that a token must name; empty takes any
 * @param publicChannels the names and patterns that may be listened to without a token
 */
public record Expected(String issuer, String audience, Set<String> publicChannels) {
    /** Nothing besides the signature. */
    public static final Expected ANYTHING = new Expected("", "", Set.of());

    public Expected {
        publicChannels = Set.copyOf(publicChannels);
    }
}
