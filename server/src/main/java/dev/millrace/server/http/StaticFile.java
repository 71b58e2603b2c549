package dev.millrace.server.http;

import dev.millrace.http.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/** A file of the jar as it goes out: as it is, or packed with gzip. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StaticFile(byte[] bytes, String type, List<Header> headers, String tag) {
    private static final String FOLDER = "/dev/millrace/server/";
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml");

    /** The file of this name; empty where there is none. */
    static Optional<StaticFile> load(String name, boolean isPacked) {
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        try (InputStream in = StaticFile.class.getResourceAsStream(FOLDER + name)) {
            if (in == null || type == null) {
                return Optional.empty();
            }
            byte[] plain = in.readAllBytes();
            byte[] bytes = isPacked ? packed(plain) : plain;
            String tag = '"' + hash(plain) + (isPacked ? "-gzip\"" : "\"");
            List<Header> headers = isPacked ? List.of(new Header("Content-Encoding", "gzip")) : List.of();
            return Optional.of(new StaticFile(bytes, type, headers, tag));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] packed(byte[] plain) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(plain);
        }
        return out.toByteArray();
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
