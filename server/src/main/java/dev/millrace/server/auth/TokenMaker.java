package dev.millrace.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/** Makes HS256 tokens that say exactly what some grants say; for development and tests, where no issuer is at hand. */
public final class TokenMaker {
    private static final JsonMapper MAPPER = JsonMapper.shared();
    private static final String HEADER =
            Base64URL.encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}").toString();

    private final MACSigner signer;
    private final Expected expected;
    private final Clock clock;

    /**
     * One for the hub with this secret.
     *
     * @param expected whose issuer and audience the tokens name
     * @throws IllegalArgumentException if the secret has less than 32 bytes in UTF-8
     */
    public TokenMaker(String secret, Expected expected, Clock clock) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        VerificationKey.requireLong(bytes);
        try {
            signer = new MACSigner(bytes);
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 takes any secret of this length", e);
        }
        this.expected = expected;
        this.clock = clock;
    }

    /** The token of these grants, issued now. */
    public String make(Grants grants) {
        Map<String, Object> claims = new LinkedHashMap<>();
        grants.subject().ifPresent(subject -> claims.put("sub", subject));
        if (!expected.issuer().isEmpty()) {
            claims.put("iss", expected.issuer());
        }
        if (!expected.audience().isEmpty()) {
            claims.put("aud", expected.audience());
        }
        claims.put("iat", clock.instant().getEpochSecond());
        grants.expiry().ifPresent(expiry -> claims.put("exp", expiry.getEpochSecond()));
        claims.put("millrace", own(grants));
        return sign(HEADER + '.' + Base64URL.encode(MAPPER.writeValueAsBytes(claims)));
    }

    private static Map<String, Object> own(Grants grants) {
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("subscribe", sorted(grants.subscribe()));
        own.put("publish", sorted(grants.publish()));
        if (grants.admin()) {
            own.put("admin", true);
        }
        return own;
    }

    private static Object sorted(Set<String> patterns) {
        return patterns.stream().sorted().toList();
    }

    private String sign(String signingInput) {
        try {
            byte[] bytes = signingInput.getBytes(StandardCharsets.US_ASCII);
            return signingInput + '.' + signer.sign(new JWSHeader(JWSAlgorithm.HS256), bytes);
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 signs anything", e);
        }
    }
}
