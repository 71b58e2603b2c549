package dev.millrace.cli.doctor;

import java.net.Socket;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS that looks at certificates without judging them. */
final class Certificates {
    private Certificates() {}

    /** The client that makes the requests; it passes certificates over only where it was told to. */
    static HttpClient client(Subject subject) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(Subject.PATIENCE);
        if (!subject.isSecure()) {
            builder.version(HttpClient.Version.HTTP_1_1); // an upgrade would only be something more to stumble over
        } else if (subject.isTrusting()) {
            builder.sslContext(unjudging());
        }
        return builder.build();
    }

    /** A context that takes every certificate. */
    static SSLContext unjudging() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Unjudging()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }

    /** Whether it is its own issuer. */
    static boolean isSelfSigned(X509Certificate certificate) {
        return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
    }

    /** Takes all: a connection with it is used to look, never to send a secret unless the user said so. */
    private static final class Unjudging extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return List.of().toArray(X509Certificate[]::new);
        }
    }
}
