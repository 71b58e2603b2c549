package dev.millrace.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A page of the open streams of this node, each asked on its own loop how it stands. */
final class ClientList {
    private ClientList() {}

    static CompletionStage<List<ClientInfo>> of(Collection<Subscriber> open, ClientQuery query) {
        List<CompletableFuture<ClientInfo>> asked = first(open, query).stream()
                .map(subscriber -> subscriber.info().toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(all -> asked.stream().map(CompletableFuture::join).toList());
    }

    /** The first ones by id: no more than a page is held, however many are open. */
    private static List<Subscriber> first(Collection<Subscriber> open, ClientQuery query) {
        Comparator<Subscriber> byId = Comparator.comparing(Subscriber::id);
        PriorityQueue<Subscriber> page = new PriorityQueue<>(byId.reversed());
        for (Subscriber subscriber : open) {
            if (query.takes(subscriber.listener())) {
                page.add(subscriber);
                if (page.size() > query.limit()) {
                    page.remove();
                }
            }
        }
        List<Subscriber> sorted = new ArrayList<>(page);
        sorted.sort(byId);
        return sorted;
    }
}
