package dev.millrace.junit;

import dev.millrace.client.EventListener;
import dev.millrace.client.StreamEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a stream delivered: for assertions, each kind in its order; for their messages, all of it in one. Thread-safe. */
final class Received implements EventListener {
    /** The name of an event that only says that nothing stands before it. */
    static final String MARK = "millrace-junit-mark";

    private final BlockingQueue<StreamEvent> events = new LinkedBlockingQueue<>(); // messages, marks and gaps
    private final BlockingQueue<StreamEvent.Connected> connects = new LinkedBlockingQueue<>();
    private final BlockingQueue<StreamEvent.Comment> comments = new LinkedBlockingQueue<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<StreamEvent> all = new ArrayList<>(); // guarded by this
    private volatile String clientId = "";

    BlockingQueue<StreamEvent> events() {
        return events;
    }

    BlockingQueue<StreamEvent.Connected> connects() {
        return connects;
    }

    BlockingQueue<StreamEvent.Comment> comments() {
        return comments;
    }

    /** The name by which the hub knows the newest connection. */
    String clientId() {
        return clientId;
    }

    boolean awaitEnd(Duration atMost) throws InterruptedException {
        return end.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    synchronized List<StreamEvent.Message> messages() {
        return all.stream()
                .filter(StreamEvent.Message.class::isInstance)
                .map(StreamEvent.Message.class::cast)
                .toList();
    }

    static boolean isMark(StreamEvent event) {
        return event instanceof StreamEvent.Message message && message.name().equals(MARK);
    }

    @Override
    public void onMessage(StreamEvent.Message message) {
        if (!isMark(message)) {
            remember(message);
        }
        events.add(message);
    }

    @Override
    public void onGap(StreamEvent.Gap gap) {
        remember(gap);
        events.add(gap);
    }

    @Override
    public void onConnected(StreamEvent.Connected connected) {
        remember(connected);
        clientId = connected.clientId();
        connects.add(connected);
    }

    @Override
    public void onFault(StreamEvent.Fault fault) {
        remember(fault);
    }

    @Override
    public void onComment(StreamEvent.Comment comment) {
        comments.add(comment);
    }

    @Override
    public void onEnd() {
        end.countDown();
    }

    private synchronized void remember(StreamEvent event) {
        all.add(event);
    }

    /** All of it, a line each. */
    @Override
    public synchronized String toString() {
        StringBuilder text = new StringBuilder("\nreceived so far:");
        all.forEach(event -> text.append("\n  ").append(line(event)));
        if (end.getCount() == 0) {
            text.append("\n  (the stream is over)");
        }
        return text.toString();
    }

    private static String line(StreamEvent event) {
        if (event instanceof StreamEvent.Message message) {
            return message.lastEventId() + " " + message.name() + ": " + message.data();
        } else if (event instanceof StreamEvent.Gap gap) {
            return "(gap in " + gap.channel().orElse("the broadcasts") + ", resumed at " + gap.resumedAt() + ")";
        } else if (event instanceof StreamEvent.Connected connected) {
            return "(connected to " + connected.channels() + " at " + connected.lastEventId() + ")";
        } else if (event instanceof StreamEvent.Fault fault) {
            return "(connection lost: " + fault.cause().getMessage() + ")";
        }
        return event.toString();
    }
}
