package dev.millrace.bench.micro;

import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Clock;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What it costs to check a token, from its text to its grants: once per request, so once per stream, and never per event.
 *
 * <p>{@link #first} is what a token costs that the hub has not seen, {@link #again} what it costs from then on.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenBenchmark {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final String CLAIMS =
            "{\"sub\":\"anna\",\"exp\":4102444800,\"millrace\":{\"subscribe\":[\"orders/*\",\"news\"],\"publish\":[\"chat/*\"]}}";

    /** How it is signed. */
    @Param({"HS256", "RS256", "ES256", "EdDSA"})
    public String algorithm = "HS256";

    private Authenticator authenticator = Authenticator.openToAll();
    private String token = "";
    private String forged = "";

    @Setup
    public void prepare() throws GeneralSecurityException {
        String header = base64("{\"alg\":\"" + algorithm + "\"}") + ".";
        String signed = header + base64(CLAIMS);
        byte[] bytes = signed.getBytes(StandardCharsets.US_ASCII);
        if (algorithm.equals("HS256")) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
            seal(header, mac.doFinal(bytes));
            authenticator = Authenticator.withSecret(SECRET, Expected.ANYTHING, Clock.systemUTC());
            return;
        }
        KeyPair keys = switch (algorithm) {
            case "RS256" -> keys("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
            case "ES256" -> keys("EC", new ECGenParameterSpec("secp256r1"));
            default -> keys("EdDSA", NamedParameterSpec.ED25519);
        };
        seal(header, signature(bytes, keys.getPrivate()));
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        authenticator = Authenticator.withPublicKey(pem, Expected.ANYTHING, Clock.systemUTC());
    }

    /** A token that is not remembered: verified in full each time, as one that comes for the first time, because it is refused. */
    @Benchmark
    public boolean first() {
        return authenticator.authenticate(forged).isCompletedExceptionally();
    }

    @Benchmark
    public Grants again() {
        return authenticator.authenticate(token).join();
    }

    @TearDown
    public void close() {
        authenticator.close();
    }

    private void seal(String header, byte[] signature) {
        token = header + base64(CLAIMS) + "." + base64(signature);
        forged = header + base64(CLAIMS + " ") + "." + base64(signature);
    }

    private static KeyPair keys(String type, AlgorithmParameterSpec parameters) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }

    private byte[] signature(byte[] bytes, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (algorithm) {
                    case "RS256" -> "SHA256withRSA";
                    case "ES256" -> "SHA256withECDSAinP1363Format";
                    default -> "Ed25519";
                });
        signature.initSign(key);
        signature.update(bytes);
        return signature.sign();
    }

    private static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
