package dev.millrace.hub;

import dev.millrace.log.EventLog;
import java.time.Clock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Puts a hub together; what is left out has its standard. */
public final class HubBuilder {
    @Nullable
    EventLog log;

    @Nullable
    Bookmarks bookmarks;

    @Nullable
    Presence presence;

    @Nullable
    Loop loop;

    HubSettings settings = HubSettings.standard();
    Observer observer = Observer.NONE;
    Clock clock = Clock.systemUTC();
    LongSupplier monotonicMillis = () -> System.nanoTime() / 1_000_000;

    HubBuilder() {}

    /** Where events are kept; in memory unless given. Closed with the hub. */
    public HubBuilder log(EventLog eventLog) {
        log = eventLog;
        return this;
    }

    /** Where it is kept how far users have read; in memory unless given. Closed with the hub. */
    public HubBuilder bookmarks(Bookmarks where) {
        bookmarks = where;
        return this;
    }

    /** Who listens on other nodes; of this node only unless given. Closed with the hub. */
    public HubBuilder presence(Presence who) {
        presence = who;
        return this;
    }

    /** The limits and intervals. */
    public HubBuilder settings(HubSettings limits) {
        settings = limits;
        return this;
    }

    /** Who is told how long things took, and what became of streams; nobody unless given. */
    public HubBuilder observer(Observer who) {
        observer = who;
        return this;
    }

    /** The clock of the wall: for times of events, and ends of permissions. */
    public HubBuilder clock(Clock wall) {
        clock = wall;
        return this;
    }

    /** A clock that never jumps, in milliseconds: for heartbeats and timeouts. */
    public HubBuilder monotonicClock(LongSupplier millis) {
        monotonicMillis = millis;
        return this;
    }

    /** Where listeners in Java are called; a thread of the hub's own unless given. */
    public HubBuilder loop(Loop own) {
        loop = own;
        return this;
    }

    /** The hub, open for all. */
    public Hub build() {
        return new Hub(this);
    }
}
