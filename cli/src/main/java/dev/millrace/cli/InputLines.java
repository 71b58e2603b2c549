package dev.millrace.cli;

import dev.millrace.client.Publication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Function;

/** The lines of an input, each an event as soon as it is there; read only as fast as they are taken. For one subscriber. */
final class InputLines extends SubmissionPublisher<Publication> {
    private static final int AHEAD = 64;

    private final BufferedReader lines;
    private final Function<String, Publication> toEvent;
    private final CountDownLatch subscribed = new CountDownLatch(1);

    InputLines(InputStream input, Function<String, Publication> toEvent) {
        super(ForkJoinPool.commonPool(), AHEAD);
        this.lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        this.toEvent = toEvent;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Publication> subscriber) {
        super.subscribe(subscriber);
        subscribed.countDown();
    }

    /** Reads on a thread of its own, which does not keep the program alive: an input may never end. */
    void startReading() {
        Thread thread = new Thread(this::read, "millrace-input");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try {
            subscribed.await(); // what is submitted before that would be lost
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isEmpty()) {
                    submit(toEvent.apply(line));
                }
            }
            close();
        } catch (IOException e) {
            closeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
