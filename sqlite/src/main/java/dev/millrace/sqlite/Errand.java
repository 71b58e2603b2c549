package dev.millrace.sqlite;

import dev.millrace.log.LogUnavailableException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Something that a thread does when it is asked to: all who ask before it begins share it. Thread-safe. */
final class Errand {
    private final ReentrantLock lock;
    private final Condition isWanted;
    private @Nullable CompletableFuture<@Nullable Void> asked;
    private @Nullable CompletableFuture<@Nullable Void> underWay;
    private boolean isOver;

    /**
     * @param lock guards it
     * @param isWanted what the thread waits for
     */
    Errand(ReentrantLock lock, Condition isWanted) {
        this.lock = lock;
        this.isWanted = isWanted;
    }

    /** Asks for it; completes when it was done, and fails where the thread has ended. */
    CompletionStage<@Nullable Void> ask() {
        lock.lock();
        try {
            if (isOver) {
                return CompletableFuture.failedFuture(new LogUnavailableException("the hub is stopping"));
            }
            if (asked == null) {
                asked = new CompletableFuture<>();
                isWanted.signal();
            }
            return asked;
        } finally {
            lock.unlock();
        }
    }

    /** Completes when what was asked for is done: at once where nothing was. */
    CompletionStage<@Nullable Void> pending() {
        lock.lock();
        try {
            if (asked != null) {
                return asked;
            }
            return underWay == null ? CompletableFuture.completedFuture(null) : underWay;
        } finally {
            lock.unlock();
        }
    }

    boolean isAsked() {
        lock.lock();
        try {
            return asked != null;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it was asked for: it then begins. */
    boolean begin() {
        lock.lock();
        try {
            underWay = asked;
            asked = null;
            return underWay != null;
        } finally {
            lock.unlock();
        }
    }

    /** It is done, or has failed. */
    void end() {
        CompletableFuture<@Nullable Void> done;
        lock.lock();
        try {
            done = underWay;
            underWay = null;
        } finally {
            lock.unlock();
        }
        if (done != null) {
            done.complete(null);
        }
    }

    /** The thread ends: what was asked for will not be done. */
    void close() {
        lock.lock();
        try {
            isOver = true;
        } finally {
            lock.unlock();
        }
        end();
        if (begin()) {
            end();
        }
    }
}
