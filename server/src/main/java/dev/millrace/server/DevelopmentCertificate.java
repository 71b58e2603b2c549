package dev.millrace.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/**
 * A certificate for localhost that nobody vouches for, for development. Made by the JDK's own {@code keytool}.
 *
 * @param certificate a PEM file, gone when the JVM ends
 * @param key a PEM file that only this user can read, gone when the JVM ends
 */
record DevelopmentCertificate(Path certificate, Path key) {
    private static final String ALIAS = "millrace";

    static DevelopmentCertificate make() throws IOException {
        Path folder = Files.createTempDirectory("millrace-tls"); // for this user only
        Path store = folder.resolve("store.p12");
        String password = UUID.randomUUID().toString();
        run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-validity",
                "30",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1,ip:0:0:0:0:0:0:0:1",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                password));
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password.toCharArray());
            Key secret = keys.getKey(ALIAS, password.toCharArray());
            Path key = write(folder.resolve("key.pem"), "PRIVATE KEY", secret.getEncoded());
            byte[] chain = keys.getCertificate(ALIAS).getEncoded();
            Path certificate = write(folder.resolve("certificate.pem"), "CERTIFICATE", chain);
            return new DevelopmentCertificate(certificate, key);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate that keytool made can't be read", e);
        } finally {
            Files.deleteIfExists(store);
            folder.toFile().deleteOnExit();
        }
    }

    private static Path write(Path file, String label, byte[] der) throws IOException {
        String pem = "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + label + "-----\n";
        Files.writeString(file, pem, StandardCharsets.US_ASCII);
        file.toFile().deleteOnExit();
        return file;
    }

    private static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("keytool failed: " + said.strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while keytool ran", e);
        }
    }
}
