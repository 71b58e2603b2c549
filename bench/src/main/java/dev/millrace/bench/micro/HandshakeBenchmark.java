package dev.millrace.bench.micro;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What a handshake of TLS 1.3 costs both sides, in memory and without resumption, and what of it the server spends: the measure for
 * the check of a token, which a connection costs besides. By BoringSSL, as in the hub, where it is there.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandshakeBenchmark {
    private static final char[] PASSWORD = "for-this-run".toCharArray();
    private static final SslProvider PROVIDER = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;

    /** The server's share: {@code serverNanos} through {@code handshakes}. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Share {
        public long serverNanos;
        public long handshakes;
    }

    /** The key of the certificate. */
    @Param({"EC", "RSA"})
    public String key = "EC";

    private final ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer nothing = ByteBuffer.allocate(0);
    private final ByteBuffer data = ByteBuffer.allocate(64 * 1024);
    private @Nullable SslContext servers;
    private @Nullable SslContext clients;

    @Setup
    public void prepare() throws IOException, InterruptedException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(certificate(), PASSWORD);
        servers = SslContextBuilder.forServer(keys)
                .sslProvider(PROVIDER)
                .protocols("TLSv1.3")
                .build();
        clients = SslContextBuilder.forClient()
                .sslProvider(PROVIDER)
                .protocols("TLSv1.3")
                .trustManager(InsecureTrustManagerFactory.INSTANCE)
                .build();
    }

    private KeyStore certificate() throws IOException, InterruptedException, GeneralSecurityException {
        Path store = Files.createTempDirectory("millrace-bench").resolve("store");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        List<String> command =
                List.of((keytool + " -genkeypair -alias a -storetype PKCS12 -dname CN=localhost -storepass "
                                + new String(PASSWORD)
                                + " -keystore " + store + " -keyalg " + key
                                + (key.equals("EC") ? " -groupname secp256r1" : " -keysize 2048"))
                        .split(" "));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("keytool made no certificate");
        }
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        } finally {
            Files.delete(store);
            Files.delete(store.getParent());
        }
    }

    @Benchmark
    public void handshake(Share share) throws SSLException {
        SSLEngine client = Objects.requireNonNull(clients).newEngine(ByteBufAllocator.DEFAULT);
        SSLEngine server = Objects.requireNonNull(servers).newEngine(ByteBufAllocator.DEFAULT);
        toServer.clear();
        toClient.clear();
        while (isShaking(client) || isShaking(server)) {
            step(client, toClient, toServer);
            long begin = System.nanoTime();
            step(server, toServer, toClient);
            share.serverNanos += System.nanoTime() - begin;
        }
        share.handshakes++;
        ReferenceCountUtil.release(client);
        ReferenceCountUtil.release(server);
    }

    private static boolean isShaking(SSLEngine engine) {
        return engine.getSession().getProtocol().isEmpty()
                || engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING
                || engine.getSession().getCipherSuite().endsWith("_NULL_NULL");
    }

    /** Takes what has come and says what there is to say. */
    private void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        in.flip();
        while (in.hasRemaining() && engine.unwrap(in, data.clear()).bytesConsumed() > 0) {
            work(engine);
        }
        in.compact();
        while (engine.wrap(nothing, out).bytesProduced() > 0) {
            work(engine);
        }
    }

    private static void work(SSLEngine engine) {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }
}
