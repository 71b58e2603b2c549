package dev.millrace.server.auth;

import dev.millrace.server.auth.Unauthorized.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a verified token says (RFC 7519, section 4.1), read strictly: a claim of the wrong type refuses the token.
 *
 * @param payload the token's JSON object
 */
record Claims(JsonNode payload) {
    /** How far ahead of the hub's clock an issuer's may be; there is no such leeway at the end of a token's life. */
    static final Duration NOT_BEFORE_LEEWAY = Duration.ofSeconds(30);

    private static final long END_OF_YEAR_9999 = 253_402_300_799L;

    /**
     * The claims of a payload.
     *
     * @throws Unauthorized if it is not a JSON object
     */
    static Claims parse(byte[] payload) {
        return new Claims(StrictJson.object(payload).orElseThrow(Claims::malformed));
    }

    /**
     * What they grant at this moment.
     *
     * @throws Unauthorized if they do not hold now, or are not meant for this hub
     */
    Grants grants(Instant now, Expected expected) {
        Optional<Instant> expiry = time("exp");
        if (expiry.isPresent() && !now.isBefore(expiry.get())) {
            throw new Unauthorized(Reason.EXPIRED);
        }
        Optional<Instant> notBefore = time("nbf");
        if (notBefore.isPresent() && now.plus(NOT_BEFORE_LEEWAY).isBefore(notBefore.get())) {
            throw new Unauthorized(Reason.NOT_YET_VALID);
        }
        if (!expected.issuer().isEmpty() && !text("iss").equals(Optional.of(expected.issuer()))) {
            throw new Unauthorized(Reason.WRONG_ISSUER);
        }
        if (!expected.audience().isEmpty() && !audience().contains(expected.audience())) {
            throw new Unauthorized(Reason.WRONG_AUDIENCE);
        }
        JsonNode own = payload.path("millrace");
        if (!own.isMissingNode() && !own.isObject()) {
            throw malformed();
        }
        return new Grants(text("sub"), expiry, texts(own.path("subscribe")), texts(own.path("publish")), admin(own));
    }

    private Set<String> audience() {
        JsonNode audience = payload.path("aud");
        return audience.isString() ? Set.of(audience.stringValue()) : texts(audience);
    }

    private static boolean admin(JsonNode own) {
        JsonNode admin = own.path("admin");
        if (!admin.isMissingNode() && !admin.isBoolean()) {
            throw malformed();
        }
        return admin.isBoolean() && admin.booleanValue();
    }

    private Optional<String> text(String claim) {
        JsonNode value = payload.path(claim);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isString() || value.stringValue().isEmpty()) {
            throw malformed();
        }
        return Optional.of(value.stringValue());
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new LinkedHashSet<>();
        if (!array.isMissingNode() && !array.isArray()) {
            throw malformed();
        }
        for (JsonNode entry : array) {
            texts.add(entry.stringValueOpt().orElseThrow(Claims::malformed));
        }
        return texts;
    }

    // Whole seconds only. A time after the year 9999 is one in milliseconds, and would never come.
    private Optional<Instant> time(String claim) {
        JsonNode value = payload.path(claim);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw malformed();
        }
        long seconds = value.longValue();
        if (seconds < 0 || seconds > END_OF_YEAR_9999) {
            throw malformed();
        }
        return Optional.of(Instant.ofEpochSecond(seconds));
    }

    private static Unauthorized malformed() {
        return new Unauthorized(Reason.MALFORMED);
    }
}
