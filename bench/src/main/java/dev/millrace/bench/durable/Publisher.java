package dev.millrace.bench.durable;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/** A thread that publishes: it fills its window, waits for the oldest answer, takes all that have come, and fills again. */
final class Publisher extends Thread {
    /**
     * What all of them do.
     *
     * @param publishers how many there are
     * @param window unanswered publishes of one
     * @param channels taken in turn
     * @param payload bytes of data
     * @param hasKeys whether each publish has an idempotency key
     */
    record Plan(int publishers, int window, int channels, int payload, boolean hasKeys) {}

    private record Waiting(CompletableFuture<Receipt> answer, long sentNanos) {}

    private final Hub hub;
    private final int number;
    private final Plan plan;
    private final String data;
    private final Histogram answers = new Histogram(3);
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private volatile boolean isMeasuring;
    private volatile boolean isOver;
    private long sent;

    Publisher(Hub hub, int number, Plan plan) {
        super("publisher-" + number);
        this.hub = hub;
        this.number = number;
        this.plan = plan;
        this.data = "x".repeat(plan.payload());
    }

    void measure(boolean whether) {
        isMeasuring = whether;
    }

    void end() {
        isOver = true;
    }

    /** How long each answer took, in nanoseconds. Once it has ended. */
    Histogram answers() {
        return answers;
    }

    @Override
    public void run() {
        while (!isOver) {
            while (waiting.size() < plan.window()) {
                waiting.add(new Waiting(hub.publish(next()).toCompletableFuture(), System.nanoTime()));
            }
            do {
                take(waiting.remove());
            } while (!waiting.isEmpty() && waiting.element().answer().isDone());
        }
        waiting.forEach(this::take);
    }

    private Publication next() {
        long index = sent++ * plan.publishers() + number;
        Publication publication = Publication.to(new ChannelName("bench/" + index % plan.channels()), data);
        return plan.hasKeys() ? publication.withKey("key-" + index) : publication;
    }

    private void take(Waiting oldest) {
        oldest.answer().join();
        if (isMeasuring) {
            answers.recordValue(System.nanoTime() - oldest.sentNanos());
        }
    }
}
