package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The certificate, who vouches for it, how long it lasts, and what the two sides agree on. */
final class TlsCheck {
    private static final String NAME = "TLS";
    private static final Duration SOON = Duration.ofDays(14);

    /** What was seen of a connection. */
    private record Seen(String protocol, String alpn, List<X509Certificate> chain) {}

    private final Subject subject;

    TlsCheck(Subject subject) {
        this.subject = subject;
    }

    Finding check() {
        Seen seen;
        try {
            seen = connect(Certificates.unjudging(), "");
        } catch (IOException e) {
            return Finding.fail(
                    NAME,
                    "no TLS there: " + e.getMessage(),
                    List.of(new Fix(
                            "the address", "http:// where there is no TLS; else look at the log of what answers")));
        }
        try {
            connect(SSLContext.getDefault(), "HTTPS");
        } catch (IOException e) {
            return distrusted(seen, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
        return trusted(seen);
    }

    private Seen connect(SSLContext context, String identification) throws IOException {
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(subject.host(), subject.port()), (int) Subject.PATIENCE.toMillis());
            plain.setSoTimeout((int) Subject.PATIENCE.toMillis());
            try (SSLSocket socket =
                    (SSLSocket) context.getSocketFactory().createSocket(plain, subject.host(), subject.port(), true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                parameters.setEndpointIdentificationAlgorithm(identification);
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                List<X509Certificate> chain = java.util.Arrays.stream(
                                socket.getSession().getPeerCertificates())
                        .map(X509Certificate.class::cast)
                        .toList();
                String alpn = socket.getApplicationProtocol();
                return new Seen(socket.getSession().getProtocol(), alpn == null ? "" : alpn, chain);
            }
        }
    }

    private Finding trusted(Seen seen) {
        X509Certificate certificate = seen.chain().get(0);
        Duration left =
                Duration.between(Instant.now(), certificate.getNotAfter().toInstant());
        String text = seen.protocol() + ", ALPN " + (seen.alpn().isEmpty() ? "none" : seen.alpn())
                + ", certificate trusted, for " + left.toDays() + " days more";
        return left.compareTo(SOON) < 0 ? Finding.warn(NAME, text, Fix.RENEWAL) : Finding.ok(NAME, text);
    }

    private Finding distrusted(Seen seen, IOException why) {
        X509Certificate certificate = seen.chain().get(0);
        boolean isExpired = certificate.getNotAfter().toInstant().isBefore(Instant.now());
        boolean isSelfSigned = Certificates.isSelfSigned(certificate);
        boolean isIncomplete = seen.chain().size() == 1 && !isSelfSigned;
        String text;
        List<Fix> fixes;
        if (isExpired) {
            text = "the certificate expired on " + certificate.getNotAfter().toInstant();
            fixes = Fix.RENEWAL;
        } else if (isSelfSigned) {
            text = "the certificate is signed by itself: no browser trusts it";
            fixes = List.of(new Fix("the certificate", "one of an authority; for a look at the rest: --insecure"));
        } else if (isIncomplete && String.valueOf(why.getMessage()).contains("certification path")) {
            text = "the chain is incomplete: only the certificate itself is sent";
            fixes = Fix.CHAIN;
        } else {
            text = "the certificate is not trusted for this name: " + why.getMessage();
            fixes = List.of(new Fix("the certificate", "one of a known authority, for " + subject.host()));
        }
        return subject.isTrusting() ? Finding.warn(NAME, text, fixes) : Finding.fail(NAME, text, fixes);
    }
}
