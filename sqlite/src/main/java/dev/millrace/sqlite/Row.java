package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.zip.CRC32C;

/** How an event is a row of the table of events, and how its checksum is made. */
final class Row {
    static final String INSERT = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)";

    /** The columns in the order in which {@link #read} wants them. */
    static final String COLUMNS = "id, channel, previous, time, checksum, name, data";

    /** A row whose bytes are not what was written. */
    static final class DamagedException extends Exception {
        DamagedException(long id) {
            super("event " + id + " is damaged: its checksum differs");
        }
    }

    private Row() {}

    static void insert(PreparedStatement insert, Event event, long channel, long previous) throws SQLException {
        byte[] name = event.name().getBytes(StandardCharsets.UTF_8);
        byte[] data = event.data().getBytes(StandardCharsets.UTF_8);
        insert.setLong(1, event.offset());
        insert.setLong(2, channel);
        insert.setLong(3, previous);
        insert.setLong(4, event.timeMillis());
        insert.setLong(5, checksum(event.offset(), channel, previous, event.timeMillis(), name, data));
        insert.setString(6, event.name());
        insert.setString(7, event.data());
        insert.executeUpdate();
    }

    /** The event of a row. */
    static Event read(ResultSet row, long epoch, ChannelName channel) throws SQLException, DamagedException {
        long id = row.getLong(1);
        byte[] name = row.getBytes(6);
        byte[] data = row.getBytes(7);
        if (name == null || data == null) {
            throw new DamagedException(id);
        }
        long time = row.getLong(4);
        if (row.getLong(5) != checksum(id, row.getLong(2), row.getLong(3), time, name, data)) {
            throw new DamagedException(id);
        }
        return new Event(
                new Position(epoch, id),
                channel,
                new String(name, StandardCharsets.UTF_8),
                new String(data, StandardCharsets.UTF_8),
                time,
                true);
    }

    private static long checksum(long id, long channel, long previous, long time, byte[] name, byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(36)
                .putLong(id)
                .putLong(channel)
                .putLong(previous)
                .putLong(time)
                .putInt(name.length)
                .flip());
        crc.update(name);
        crc.update(data);
        return crc.getValue();
    }
}
