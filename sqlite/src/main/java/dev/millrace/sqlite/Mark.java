package dev.millrace.sqlite;

import dev.millrace.log.Position;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small file beside the database with the place of the newest event that was acknowledged.
 *
 * <p>A database that ends before this place has lost its tail: it is an older copy, or its end was damaged. The mark is written
 * before the acknowledgement goes out, and synced now and then only: after a crash of the machine it may be too old, which
 * hides such a loss in the worst case, but never invents one. Not thread-safe.
 */
final class Mark implements Closeable {
    private static final int LENGTH = 64;

    private final FileChannel file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);

    private Mark(FileChannel file) {
        this.file = file;
    }

    static Path in(Path directory) {
        return directory.resolve("acknowledged");
    }

    static Mark open(Path directory) throws IOException {
        return new Mark(FileChannel.open(in(directory), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    /** The place in the file; empty where there is none, or it can't be read. */
    static Optional<Position> read(Path directory) throws IOException {
        if (!Files.exists(in(directory))) {
            return Optional.empty();
        }
        String text = Files.readString(in(directory), StandardCharsets.ISO_8859_1);
        int space = text.indexOf(' ');
        if (space < 0 || !text.substring(space).strip().equals(checksum(text.substring(0, space)))) {
            return Optional.empty();
        }
        return Position.parse(text.substring(0, space));
    }

    void write(Position place) throws IOException {
        String text = place + " " + checksum(place.toString());
        buffer.clear();
        buffer.put(text.getBytes(StandardCharsets.US_ASCII));
        while (buffer.position() < LENGTH - 1) {
            buffer.put((byte) ' ');
        }
        buffer.put((byte) '\n').flip();
        file.write(buffer, 0);
    }

    void sync() throws IOException {
        file.force(false);
    }

    private static String checksum(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return Long.toHexString(crc.getValue());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
