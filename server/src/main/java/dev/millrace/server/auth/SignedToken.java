package dev.millrace.server.auth;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.util.Base64URL;
import dev.millrace.server.auth.Unauthorized.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A token taken apart, not yet verified: a JWS in compact serialization (RFC 7515, section 7.1).
 *
 * <p>Of the header only {@code alg} and {@code kid} are read; keys and addresses that a token brings along count for nothing.
 *
 * @param signingInput what the signature is over, in ASCII
 */
record SignedToken(
        JWSAlgorithm algorithm, Optional<String> keyId, String signingInput, Base64URL payload, Base64URL signature) {
    /** The longest token that is looked at, in characters. */
    static final int MAX_LENGTH = 16 * 1024;

    /**
     * The parts of a token.
     *
     * @throws Unauthorized if it is not three parts of canonical base64url with a header that is understood in full
     */
    static SignedToken parse(String token) {
        String[] parts = token.length() > MAX_LENGTH ? new String[0] : token.split("\\.", -1);
        if (parts.length != 3 || parts[2].isEmpty()) {
            throw new Unauthorized(Reason.MALFORMED);
        }
        JsonNode header = StrictJson.object(decode(parts[0])).orElseThrow(() -> new Unauthorized(Reason.MALFORMED));
        // An extension that must be understood is one that this hub does not know, "b64" included.
        if (header.has("crit") || header.has("b64")) {
            throw new Unauthorized(Reason.MALFORMED);
        }
        String algorithm = text(header, "alg").orElseThrow(() -> new Unauthorized(Reason.MALFORMED));
        decode(parts[1]);
        decode(parts[2]);
        return new SignedToken(
                new JWSAlgorithm(algorithm),
                text(header, "kid"),
                token.substring(0, token.lastIndexOf('.')),
                new Base64URL(parts[1]),
                new Base64URL(parts[2]));
    }

    /** The token as it came. */
    String text() {
        return signingInput + "." + signature;
    }

    /** The bytes that the signature is over. */
    byte[] signedBytes() {
        return signingInput.getBytes(StandardCharsets.US_ASCII);
    }

    private static Optional<String> text(JsonNode object, String member) {
        JsonNode value = object.path(member);
        if (!value.isString() && !value.isMissingNode()) {
            throw new Unauthorized(Reason.MALFORMED);
        }
        return value.stringValueOpt();
    }

    // The decoder of the JDK takes padding and stray low bits; only what encodes back to itself is canonical.
    private static byte[] decode(String part) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(part);
            if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(part)) {
                return bytes;
            }
        } catch (IllegalArgumentException notBase64) {
            throw new Unauthorized(Reason.MALFORMED);
        }
        throw new Unauthorized(Reason.MALFORMED);
    }
}
