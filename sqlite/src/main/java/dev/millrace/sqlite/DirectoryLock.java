package dev.millrace.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The right of one process to write in a data directory; it ends with the process, however that ends. */
final class DirectoryLock implements AutoCloseable {
    private final FileChannel file;

    private DirectoryLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Takes the directory, making it where it is not there.
     *
     * @throws DataDirectoryException where it is no directory, can't be written, or is another's
     */
    static DirectoryLock acquire(Path directory) {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new DataDirectoryException(directory + " is a file: name a directory for the data");
        }
        FileChannel file;
        try {
            Files.createDirectories(directory);
            file = FileChannel.open(
                    directory.resolve("lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new DataDirectoryException(
                    "the data directory " + directory + " can't be written (" + reason(e)
                            + "): give the hub's user the right to, or name another directory",
                    e);
        }
        try {
            if (lock(file)) {
                return new DirectoryLock(file);
            }
            throw new DataDirectoryException("the data directory " + directory + " is in use by another hub"
                    + owner(file) + ": stop that one, or name another directory");
        } catch (IOException | RuntimeException e) {
            closeQuietly(file);
            throw e instanceof DataDirectoryException refused
                    ? refused
                    : new DataDirectoryException(
                            "the data directory " + directory + " can't be locked: " + reason(e), e);
        }
    }

    private static boolean lock(FileChannel file) throws IOException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException e) {
            return false; // by another hub in this process
        }
        if (lock == null) {
            return false;
        }
        byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII);
        file.truncate(0);
        file.write(ByteBuffer.wrap(pid), 0);
        return true;
    }

    private static String owner(FileChannel file) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        file.read(pid, 0);
        String digits = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return digits.isEmpty() ? "" : " (process " + digits + ")";
    }

    private static String reason(Exception e) {
        String message = e.getMessage();
        String kind = e.getClass().getSimpleName().replace("Exception", "");
        return message == null ? kind : kind + ": " + message;
    }

    private static void closeQuietly(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            // it was only read from
        }
    }

    @Override
    public void close() {
        closeQuietly(file); // which gives the lock back
    }
}
