package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventLog;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One listening client: its id, user, channels and cursor.
 *
 * <pre>
 *   opening ──► catching up ◄──► live          live: in a group, at the dispatcher's place, without a cursor of its own
 *                    │            │            catching up: reads on by itself, while its sink takes more
 *                    └──► ended ◄─┘
 * </pre>
 *
 * <p>Steering may be done on any thread; it takes effect on the subscriber's loop, between two events. What the hub has to say while
 * the peer does not read waits in a small mailbox, and is said before anything else: so it stands in its exact place.
 */
public final class Subscriber {
    private final String id;
    private final @Nullable String user;
    private final long connectedAtMillis;
    private final Dispatcher dispatcher;
    private final Outlet outlet;
    private final Deadlines deadlines;
    private volatile ChannelSet channels;
    private volatile boolean isEnded;
    private @Nullable Steering steering;
    private @Nullable CompletableFuture<Void> steered; // what was ordered last waits for this

    // on the loop only
    private @Nullable Group group;
    private @Nullable CatchUp catchUp;
    private Trail trail = Trail.UNBEGUN;
    int groupIndex;
    int wheelSlot = Wheel.NOWHERE;
    int wheelIndex;

    Subscriber(String id, Subscription request, EventSink<?> sink, Dispatcher dispatcher, @Nullable Steering steering) {
        this.id = id;
        this.user = request.user().orElse(null);
        this.channels = request.channels();
        this.dispatcher = dispatcher;
        this.steering = steering;
        this.connectedAtMillis = dispatcher.hub().clock().millis();
        this.deadlines = new Deadlines(dispatcher.hub(), dispatcher.nowMillis(), request.expiresAt());
        this.outlet = new Outlet(sink, deadlines);
    }

    /** The name by which it is steered: a secret of its holder. */
    public String id() {
        return id;
    }

    /** Whose stream it is. */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** What it listens to. */
    public ChannelSet channels() {
        return channels;
    }

    /** Since when, in milliseconds since 1970. */
    public long connectedAtMillis() {
        return connectedAtMillis;
    }

    /** Whether it has ended. */
    public boolean isEnded() {
        return isEnded;
    }

    /** How far it has been given its events. Exact on its loop; elsewhere somewhat old. */
    public Position position() {
        CatchUp behind = catchUp;
        return behind == null ? dispatcher.position() : behind.cursor().position();
    }

    /** What presence tells of it. */
    public Listener listener() {
        return new Listener(id, user(), channels, connectedAtMillis);
    }

    // ---- steering, on any thread ----

    /**
     * Listens to one channel or pattern more. Completes with what it then listens to when that is in effect: what is published
     * after that is delivered.
     *
     * @throws IllegalArgumentException if the name is invalid, or there are too many
     */
    public CompletionStage<ChannelSet> subscribe(String entry) {
        return steer(entry, Trail.Kind.JOINED);
    }

    /** Listens to one channel or pattern less. Completes with what it then listens to when that is in effect. */
    public CompletionStage<ChannelSet> unsubscribe(String entry) {
        ChannelSet.requireValid(entry);
        return steer(entry, Trail.Kind.LEFT);
    }

    /** Leaves every channel and pattern that is not granted. Completes with what is left when that is in effect. */
    public CompletionStage<ChannelSet> keepOnly(Predicate<String> granted) {
        CompletionStage<ChannelSet> last = CompletableFuture.completedFuture(channels);
        for (String entry : channels.entries()) {
            if (!granted.test(entry)) {
                last = steer(entry, Trail.Kind.REVOKED); // they take effect in order, so the last one is all
            }
        }
        return last;
    }

    private synchronized CompletionStage<ChannelSet> steer(String entry, Trail.Kind kind) {
        boolean isMore = kind == Trail.Kind.JOINED;
        ChannelSet old = channels;
        ChannelSet next = isMore ? old.with(entry) : old.without(entry);
        if (next.equals(old) || isEnded) {
            return inEffect(old, () -> {});
        }
        dispatcher.hub().requireRoomFor(next);
        Steering before = steering == null ? Steering.NONE : steering;
        steering = isMore ? before.subscribed(entry) : before.unsubscribed(entry);
        channels = next;
        dispatcher.hub().registry().moved(this, old);
        hear(next);
        return inEffect(next, () -> {
            trail.changed(new Trail.Change(position(), entry, kind));
            walkOn(next);
            log().leave(old);
            tell(isMore ? new Notice.Subscribed(entry) : new Notice.Unsubscribed(entry));
        });
    }

    /** Its new channels are to be heard, before this and what is ordered later takes effect. */
    private synchronized void hear(ChannelSet next) {
        CompletableFuture<Void> heard = log().hear(next).toCompletableFuture();
        CompletableFuture<Void> earlier = steered == null || steered.isDone() ? heard : steered;
        steered = earlier.isDone()
                ? null
                : CompletableFuture.allOf(earlier, heard).thenRun(() -> dispatcher.execute(dispatcher::readTail));
    }

    /** Completes when all steering up to this has taken place. */
    private synchronized CompletionStage<ChannelSet> inEffect(ChannelSet set, Runnable change) {
        Supplier<ChannelSet> turn = () -> {
            change.run();
            return set;
        };
        CompletableFuture<Void> before = steered;
        if (before == null) {
            return onLoop(turn);
        }
        CompletableFuture<CompletionStage<ChannelSet>> queued = before.thenApply(heard -> onLoop(turn));
        steered = queued.thenAccept(ordered -> {}); // the next one is queued behind it
        return queued.thenCompose(done -> done);
    }

    /** Completes with what the task answers, or with what it throws. */
    private <T> CompletionStage<T> onLoop(Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, dispatcher::execute);
    }

    private EventLog log() {
        return dispatcher.hub().log();
    }

    // ---- looking, on any thread ----

    /** How it stands now. */
    public CompletionStage<ClientInfo> info() {
        return onLoop(this::infoNow);
    }

    private ClientInfo infoNow() {
        return ClientInfo.of(this, dispatcher.hub(), outlet.sink(), deadlines.activeAtMillis());
    }

    /** Why it was given an event, or was not; fails with {@code LogUnavailableException} where the history is away. */
    public CompletionStage<Explanation> explain(String eventId) {
        return new Explaining(
                        dispatcher.hub().log(), dispatcher::execute, () -> new Explaining.Stream(infoNow(), trail))
                .of(eventId);
    }

    // ---- messages and ends, on any thread ----

    /**
     * Sends an event to this one client. The answer is false where it has ended, or has too many waiting.
     *
     * @throws IllegalArgumentException if the name is invalid
     */
    public CompletionStage<Boolean> send(String name, String data) {
        Publication.requireValidName(name);
        return onLoop(() -> !isEnded && tell(new Notice.Message(name, data)));
    }

    /** Its permission ends at another time; empty for never. */
    public void renew(Optional<Instant> expiresAt) {
        dispatcher.execute(() -> {
            deadlines.renew(expiresAt);
            scheduleLook();
        });
    }

    /** Ends it, saying why. */
    public void close(Notice.Reason reason) {
        dispatcher.execute(() -> end(new Notice.Closing(reason)));
    }

    // ---- called by the sink's owner, on the loop ----

    /** The sink can take more again. */
    public void writable() {
        try {
            outlet.sayWhatWaits(dispatcher.nowMillis());
        } catch (Throwable e) {
            failed(e);
            return;
        }
        if (catchUp != null) {
            dispatcher.ready(this);
        }
        outlet.markInboxes();
    }

    /** The peer is gone. */
    public void disconnected() {
        outlet.markInboxes(); // also where the hub had ended it, and its last events have left since
        leave(EndCause.CLIENT);
    }

    // ---- on the loop, by the dispatcher ----

    EventSink<Object> sink() {
        return outlet.sink();
    }

    /** Whether it takes events now: nothing stands before them, and the sink has room. */
    boolean canTake() {
        return outlet.canTake();
    }

    @Nullable
    CatchUp catchUp() {
        return catchUp;
    }

    @Nullable
    Steering steering() {
        return steering;
    }

    boolean isLive() {
        return group != null;
    }

    /** It begins to read, and says its first word when it has. */
    void begin(CatchUp first) {
        trail = new Trail(first.cursor().position(), first.phases());
        readBy(first);
        scheduleLook();
    }

    /** Gives it a batch that its group shares; one that can't take it leaves the group. */
    void deliver(Object batch, Position before, Position through) {
        if (canTake()) {
            write(batch, through);
        } else {
            fallBehind(before);
        }
    }

    void write(Object batch, Position through) {
        try {
            outlet.write(batch, through, dispatcher.nowMillis());
        } catch (Throwable e) {
            failed(e);
        }
    }

    /** Its sink threw: it is ended, and the others go on. */
    void failed(Throwable cause) {
        dispatcher.hub().failed("a sink threw: its stream is ended", cause);
        leave(EndCause.FAILED);
        outlet.sink().abort();
    }

    /** Leaves its group at this place, to read on by itself when its sink takes more. */
    void fallBehind(Position at) {
        Group left = group;
        if (left == null) {
            return;
        }
        ChannelSet walked = left.channels(); // what it is steered to meanwhile counts from its turn on
        leaveGroup();
        readOn(walked, at);
    }

    private void readOn(ChannelSet walked, Position at) {
        readBy(new CatchUp(dispatcher.cursor(this, walked, at), new ArrayDeque<>(0), walked));
        if (canTake()) {
            dispatcher.ready(this);
        } else {
            noteStuck();
        }
    }

    /** Joins those that are at the dispatcher's place. */
    void join(Group all) {
        readBy(null);
        group = all;
        all.add(this);
        share(all.channels());
    }

    /** Of thousands that listen alike, one set is kept. */
    private synchronized void share(ChannelSet alike) {
        if (channels.equals(alike)) {
            channels = alike;
        }
    }

    private void readBy(@Nullable CatchUp next) {
        dispatcher.lags(catchUp != null, next != null);
        catchUp = next;
    }

    private void leaveGroup() {
        Group left = group;
        if (left != null) {
            group = null;
            left.remove(this);
            dispatcher.left(left);
        }
    }

    private void walkOn(ChannelSet next) {
        if (isEnded) {
            return;
        }
        CatchUp behind = catchUp;
        if (behind != null) {
            behind.channels(next);
        } else if (isLive() && !log().hears(next, dispatcher.position())) {
            leaveGroup();
            readOn(next, dispatcher.position());
        } else if (isLive()) {
            Group to = dispatcher.group(next, outlet.sink().form());
            if (!to.equals(group)) { // the one is there before the other is left, for what both get must wake the loop
                leaveGroup();
                join(to);
            }
        }
    }

    /** Says what comes before the events of a poll, and belongs to it: it does not wait in the mailbox. */
    void announce(List<Gap> gaps) {
        if (!gaps.isEmpty()) {
            dispatcher.announced(gaps.size());
            for (Gap gap : gaps) {
                trail.lost(gap);
                outlet.say(new Notice.Gap(gap), dispatcher.nowMillis());
            }
        }
    }

    /** Events never came here; it is told behind what it has been given. */
    void missed(Gap gap) {
        dispatcher.announced(1);
        trail.lost(gap);
        tell(new Notice.Gap(gap));
    }

    /** What it begins with is not known yet: gives a sign of life, and goes on to. */
    void await() {
        tell(new Notice.Heartbeat(dispatcher.hub().clock().millis()));
        scheduleLook();
    }

    /** Says its first word, and remembers from then on how far its inboxes are written. */
    void greet(Notice.Connected connected, @Nullable InboxMarks marks) {
        outlet.say(connected, dispatcher.nowMillis());
        outlet.remember(marks);
    }

    /** Says it now, or puts it into the mailbox; false where that is full. */
    boolean tell(Notice notice) {
        if (isEnded) {
            return false;
        }
        switch (outlet.tell(notice, dispatcher.nowMillis())) {
            case SAID -> {
                return true;
            }
            case WAITS -> {
                noteStuck();
                return true;
            }
            case FULL -> {
                if (!(notice instanceof Notice.Message)) {
                    leave(EndCause.OVERFLOW); // it reads nothing, and must not miss this in silence
                    outlet.sink().abort();
                }
            }
        }
        return false;
    }

    // ---- deadlines ----

    private void noteStuck() {
        if (deadlines.noteStuck(dispatcher.nowMillis(), outlet.sink())) {
            scheduleLook();
        }
    }

    /** Called when one of its deadlines may have come. */
    void look(long nowMillis) {
        if (isEnded) {
            return;
        }
        if (deadlines.isExpired()) {
            end(new Notice.Expired());
        } else if (deadlines.isOfAge(nowMillis)) {
            end(new Notice.Closing(Notice.Reason.AGE));
        } else if (deadlines.isStuck(nowMillis, outlet.sink())) {
            leave(EndCause.TIMEOUT);
            outlet.sink().abort();
        } else {
            beat(nowMillis);
            scheduleLook();
        }
    }

    private void beat(long nowMillis) {
        if (deadlines.isBeatDue(nowMillis) && outlet.sink().isDrained()) {
            tell(new Notice.Heartbeat(dispatcher.hub().clock().millis()));
        }
        outlet.markInboxes();
    }

    private void scheduleLook() {
        dispatcher.wheel().schedule(this, deadlines.next(dispatcher.nowMillis()));
    }

    // ---- the end ----

    /** Ends the stream with a last word. */
    void end(Notice lastWord) {
        if (isEnded) {
            return;
        }
        leave(EndCause.of(lastWord));
        try {
            outlet.sink().tell(lastWord);
            outlet.sink().end();
        } catch (Throwable e) {
            failed(e); // it would stay open, and nobody would look at it any more
            return;
        }
        boolean isUrgent =
                lastWord instanceof Notice.Expired || lastWord.equals(new Notice.Closing(Notice.Reason.KICKED));
        dispatcher.ending(outlet.sink(), isUrgent);
    }

    private void leave(EndCause cause) {
        synchronized (this) {
            if (isEnded) {
                return;
            }
            isEnded = true;
        }
        outlet.markInboxes();
        leaveGroup();
        letGo();
        dispatcher.hub().registry().remove(this);
        dispatcher.hub().observer().ended(cause);
    }

    /** It has said nothing, and will not: as if it had never been. */
    void withdraw() {
        isEnded = true;
        letGo();
    }

    private void letGo() {
        readBy(null);
        dispatcher.wheel().forget(this);
        outlet.forgetWhatWaits();
        log().leave(channels);
    }
}
