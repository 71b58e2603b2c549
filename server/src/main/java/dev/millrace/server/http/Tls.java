package dev.millrace.server.http;

import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's certificate, taken up again when its files change; open connections keep the one that they began with.
 *
 * <p>BoringSSL where its native library is there, else the JDK's TLS. Thread-safe.
 */
public final class Tls {
    private static final Logger LOGGER = LoggerFactory.getLogger(Tls.class);

    private final Path certificate;
    private final Path key;
    private volatile SslContext context;
    private List<FileTime> read;

    private Tls(Path certificate, Path key) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.read = times();
        this.context = load();
    }

    /**
     * The certificate chain and the private key in these PEM files.
     *
     * @throws IOException if they can't be read, or don't belong together
     */
    public static Tls of(Path certificate, Path key) throws IOException {
        return new Tls(certificate, key);
    }

    SslContext context() {
        return context;
    }

    /** Takes up the files if they have changed; keeps what it has if they can't be used. */
    synchronized void reloadIfChanged() {
        try {
            List<FileTime> now = times();
            if (!now.equals(read)) {
                read = now;
                context = load();
                LOGGER.info("the TLS certificate in {} was taken up", certificate);
            }
        } catch (IOException e) {
            LOGGER.warn("the TLS certificate stays as it was: {}", e.getMessage());
        }
    }

    private List<FileTime> times() throws IOException {
        return List.of(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    }

    private SslContext load() throws IOException {
        try {
            return SslContextBuilder.forServer(certificate.toFile(), key.toFile())
                    .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2,
                            ApplicationProtocolNames.HTTP_1_1))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new IOException(certificate + " and " + key + " are no certificate chain and its key in PEM", e);
        }
    }
}
