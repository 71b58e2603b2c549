package dev.millrace.server.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Issuers' keys, and tokens signed with them by the JDK alone, so that nothing is verified by what made it. */
final class Keys {
    static final KeyPair RSA = rsa(2048);
    static final KeyPair OTHER_RSA = rsa(2048);
    static final KeyPair P256 = make("EC", new ECGenParameterSpec("secp256r1"));
    static final KeyPair P384 = make("EC", new ECGenParameterSpec("secp384r1"));
    static final KeyPair P521 = make("EC", new ECGenParameterSpec("secp521r1"));
    static final KeyPair ED25519 = make("EdDSA", NamedParameterSpec.ED25519);
    static final KeyPair ED448 = make("EdDSA", NamedParameterSpec.ED448);
    static final String SECRET = "a secret of at least thirty-two bytes";

    private Keys() {}

    static KeyPair rsa(int bits) {
        return make("RSA", new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4));
    }

    static KeyPair make(String type, AlgorithmParameterSpec parameters) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
            generator.initialize(parameters);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String pem(PublicKey key) {
        return pem("PUBLIC KEY", key.getEncoded());
    }

    static String pem(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An HS256 token of these claims. */
    static String token(String claims) {
        return token("{\"alg\":\"HS256\"}", claims);
    }

    static String token(String header, String claims) {
        return sign(header, claims, "HS256", hmac(SECRET.getBytes(StandardCharsets.UTF_8)));
    }

    static Key hmac(byte[] secret) {
        return new SecretKeySpec(secret, "HmacSHA256");
    }

    /** A token signed as an algorithm says, whatever its header says. */
    static String sign(String header, String claims, String algorithm, Key key) {
        String input = base64(header) + "." + base64(claims);
        return input + "." + base64(signature(input.getBytes(StandardCharsets.US_ASCII), algorithm, key));
    }

    private static byte[] signature(byte[] input, String algorithm, Key key) {
        try {
            if (key instanceof SecretKeySpec) {
                Mac mac = Mac.getInstance("HmacSHA" + algorithm.substring(2));
                mac.init(key);
                return mac.doFinal(input);
            }
            Signature signature = Signature.getInstance(jdkName(algorithm));
            if (algorithm.startsWith("PS")) {
                int bits = Integer.parseInt(algorithm.substring(2));
                String hash = "SHA-" + bits;
                signature.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), bits / 8, 1));
            }
            signature.initSign((PrivateKey) key);
            signature.update(input);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String jdkName(String algorithm) {
        String bits = algorithm.substring(2);
        return switch (algorithm.substring(0, 2)) {
            case "RS" -> "SHA" + bits + "withRSA";
            case "PS" -> "RSASSA-PSS";
            case "ES" -> "SHA" + bits + "withECDSAinP1363Format";
            default -> "EdDSA";
        };
    }
}
