package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The events that were acknowledged and that no commit of the database holds yet: a file beside it, with a record for each group.
 *
 * <p>A record is a length, a checksum over the rest, and the events; all of a group is in one. After a commit of the database the
 * next record is written over the first. What an earlier round has left behind the newest record has ids that the database
 * holds; a record that is torn ends what is read. Not thread-safe.
 */
final class Journal implements Closeable {
    /** How far the database may be behind: what a start after a crash has to place again. */
    private static final int MAX_EVENTS = 2048;

    private static final int MAX_BYTES = 4 * 1024 * 1024;
    /** The file grows by so much, for a write into what is there already needs no change of the file's own data. */
    private static final int GROWTH = 256 * 1024;

    private static final int HEADER_BYTES = 8;

    private final Path path;
    private final FileChannel file;
    private int events;
    private long end; // of the newest record
    private long size;
    private boolean hasFailed;

    private Journal(Path path, FileChannel file) {
        this.path = path;
        this.file = file;
    }

    static Path in(Path directory) {
        return directory.resolve("millrace.journal");
    }

    /** Makes an empty one, whatever was there. */
    static Journal begin(Path directory) throws IOException {
        Path path = in(directory);
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            Journal journal = new Journal(path, file);
            journal.empty();
            syncName(directory);
            return journal;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** A new file's name is on disk only when its directory is synced. */
    private static void syncName(Path directory) {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        } catch (IOException e) {
            // Windows opens no directory, and needs no sync of it
        }
    }

    /** What the journal of a directory holds after this place, oldest first; nothing where that does not follow. */
    static List<Placement> read(Path directory, Position after) throws IOException {
        List<Placement> found = new ArrayList<>();
        if (!Files.exists(in(directory))) {
            return found;
        }
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(in(directory)));
        long end = after.offset();
        while (file.remaining() > HEADER_BYTES) {
            int length = file.getInt();
            int checksum = file.getInt();
            if (length <= 0 || length > file.remaining()) {
                break;
            }
            byte[] body = new byte[length];
            file.get(body);
            if (checksum(body, 0) != checksum) {
                break;
            }
            List<Placement> record = decode(body);
            Position first = record.get(0).event().position();
            if (first.epoch() != after.epoch() || first.offset() > end + 1) {
                break;
            }
            for (Placement one : record) {
                if (one.id() > end) { // not what an earlier round has left
                    found.add(one);
                    end = one.id();
                }
            }
        }
        return found;
    }

    /**
     * Writes a group, and returns when it is synced.
     *
     * @return whether there was room; if not, nothing was written
     * @throws IOException after which it takes nothing before it was {@linkplain #rewind begun anew}
     */
    boolean append(List<Placement> group) throws IOException {
        long characters = 0;
        for (Placement one : group) {
            characters += one.event().data().length();
        }
        if (events + group.size() > MAX_EVENTS || end + characters > MAX_BYTES) {
            return false;
        }
        byte[] record = encode(group);
        if (end + record.length > MAX_BYTES) {
            return false;
        }
        hasFailed = true; // until it has succeeded
        grow(end + record.length);
        write(ByteBuffer.wrap(record), end);
        file.force(false);
        hasFailed = false;
        end += record.length;
        events += group.size();
        return true;
    }

    /** Whether its last record may be there or not. */
    boolean hasFailed() {
        return hasFailed;
    }

    /** The database holds all that is in here: the next record is the first one. */
    void rewind() throws IOException {
        if (hasFailed) {
            empty();
        }
        end = 0;
        events = 0;
    }

    private void empty() throws IOException {
        file.truncate(0);
        file.force(true);
        size = 0;
        hasFailed = false;
    }

    private void grow(long needed) throws IOException {
        if (needed > size) {
            long grown = (needed + GROWTH - 1) / GROWTH * GROWTH;
            write(ByteBuffer.allocate((int) (grown - size)), size);
            file.force(true);
            size = grown;
        }
    }

    private void write(ByteBuffer bytes, long place) throws IOException {
        while (bytes.hasRemaining()) {
            place += file.write(bytes, place);
        }
    }

    private static byte[] encode(List<Placement> group) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256 * group.size());
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(0); // the header
        out.writeLong(group.get(0).event().position().epoch());
        out.writeInt(group.size());
        for (Placement one : group) {
            out.writeLong(one.id());
            out.writeLong(one.event().timeMillis());
            writeText(out, one.event().channel().value());
            writeText(out, one.event().name());
            writeText(out, one.event().data());
            writeText(out, one.key());
            if (!one.key().isEmpty()) {
                writeText(out, one.fingerprint());
                out.writeLong(one.ageMillis());
            }
        }
        byte[] record = bytes.toByteArray();
        ByteBuffer.wrap(record).putInt(record.length - HEADER_BYTES).putInt(checksum(record, HEADER_BYTES));
        return record;
    }

    private static List<Placement> decode(byte[] body) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        long epoch = in.readLong();
        int count = in.readInt();
        List<Placement> group = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Position place = new Position(epoch, in.readLong());
            long time = in.readLong();
            ChannelName channel = new ChannelName(readText(in));
            Event event = new Event(place, channel, readText(in), readText(in), time, true);
            String key = readText(in);
            group.add(
                    key.isEmpty()
                            ? Placement.withoutKey(event)
                            : new Placement(event, key, readText(in), in.readLong()));
        }
        return group;
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }

    private static int checksum(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    /** Takes the file away: the database holds all that was in it. */
    void delete() throws IOException {
        file.close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
