package dev.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signed tokens for tests. Source: RFC 7519, with HS256. */
final class Tokens {

    static final String SECRET = "a secret of tests, 32 bytes long!";

    private Tokens() {}

    static String signed(String subject, Instant expiry, String grants) {
        String claims =
                "{\"sub\":\"" + subject + "\",\"exp\":" + expiry.getEpochSecond() + ",\"millrace\":" + grants + "}";
        String signedPart =
                encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(UTF_8)) + "." + encode(claims.getBytes(UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            return signedPart + "." + encode(mac.doFinal(signedPart.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
