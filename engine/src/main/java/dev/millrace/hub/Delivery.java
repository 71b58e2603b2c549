package dev.millrace.hub;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * How a message to some streams fared.
 *
 * @param sent how many streams took it
 * @param failed how many could not: they had ended, or have too much waiting
 * @param total how many it was meant for
 */
public record Delivery(int sent, int failed, int total) {
    static CompletionStage<Delivery> to(
            Collection<Subscriber> everyone, Predicate<? super Listener> audience, String name, String data) {
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<?>[] answers = everyone.stream()
                .filter(subscriber -> audience.test(subscriber.listener()))
                .map(subscriber -> subscriber
                        .send(name, data)
                        .thenAccept(taken -> sent.addAndGet(taken ? 1 : 0))
                        .toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(answers)
                .thenApply(all -> new Delivery(sent.get(), answers.length - sent.get(), answers.length));
    }
}
