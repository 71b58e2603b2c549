package dev.millrace.server.auth;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Public keys and certificates in PEM text (RFC 7468). */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "Ed25519");

    private Pem() {}

    /**
     * All public keys of a text, at least one; several are keys of a rotation.
     *
     * @throws IllegalArgumentException that says what to put there instead
     */
    static List<PublicKey> publicKeys(String text) {
        List<PublicKey> keys = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            keys.add(publicKey(blocks.group(1), blocks.group(2)));
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException(
                    "the public key must be PEM text with a PUBLIC KEY or CERTIFICATE block");
        }
        return keys;
    }

    private static PublicKey publicKey(String label, String base64) {
        if (!label.equals("PUBLIC KEY") && !label.equals("CERTIFICATE")) {
            throw new IllegalArgumentException("the public key must be a PUBLIC KEY or CERTIFICATE block, not " + label
                    + "; make one with: openssl pkey -in private.pem -pubout");
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return label.equals("CERTIFICATE") ? ofCertificate(der) : ofKeyInfo(der);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the " + label + " block is damaged, or its key is no RSA, EC or Ed25519 key", e);
        }
    }

    private static PublicKey ofCertificate(byte[] der) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
    }

    // A key's type stands inside it; the JDK wants to hear it first.
    private static PublicKey ofKeyInfo(byte[] der) throws GeneralSecurityException {
        GeneralSecurityException refusal = new GeneralSecurityException("no known type of key");
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
            } catch (GeneralSecurityException anotherType) {
                refusal.addSuppressed(anotherType);
            }
        }
        throw refusal;
    }
}
