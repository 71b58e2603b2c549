package dev.millrace.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * What a node asks all nodes, itself included, and what they answer. Thread-safe.
 *
 * <p>Redis tells how many nodes have heard a question, so it is known when all have answered. An answer is any message that
 * begins with a word, the number of the question, and a space or LF.
 */
final class Questions {
    private static final System.Logger LOGGER = System.getLogger(Questions.class.getName());

    /** What becomes of the answers to one question. Its methods are called one after another. */
    interface Gathering<T> {
        /** One node has answered; the result where no other answer is waited for. */
        Optional<T> add(byte[] answer);

        /**
         * No more answers will come.
         *
         * @param nodes how many have answered
         * @param isAll whether these were all; else Redis is away, or a node did not answer in time
         */
        CompletionStage<T> end(int nodes, boolean isAll);
    }

    private static final class Question<T> {
        private final Gathering<T> gathering;
        private final CompletableFuture<T> result = new CompletableFuture<>();
        private int answers;
        private long asked = Long.MAX_VALUE;
        private boolean isOver;

        Question(Gathering<T> gathering) {
            this.gathering = gathering;
        }

        synchronized void asked(long nodes) {
            asked = nodes;
            check();
        }

        synchronized void add(byte[] answer) {
            if (!isOver) {
                answers++;
                gathering.add(answer).ifPresentOrElse(this::over, this::check);
            }
        }

        private void check() {
            if (answers >= asked) {
                end(true);
            }
        }

        private void over(T found) {
            isOver = true;
            result.complete(found);
        }

        synchronized void end(boolean isAll) {
            if (!isOver) {
                isOver = true;
                gathering.end(answers, isAll).whenComplete((last, failure) -> {
                    if (failure == null) {
                        result.complete(last);
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            }
        }
    }

    private final Keys keys;
    private final Post post;
    private final ScheduledExecutorService timer;
    private final Map<Long, Question<?>> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    Questions(Keys keys, Link<StatefulRedisConnection<byte[], byte[]>> link, ScheduledExecutorService timer) {
        this.keys = keys;
        this.post = new Post(link);
        this.timer = timer;
    }

    /**
     * Asks all nodes.
     *
     * @param channel where they hear it
     * @param message the question with this number
     * @param patienceMillis how long their answers are waited for
     */
    <T> CompletionStage<T> ask(
            byte[] channel, LongFunction<byte[]> message, Gathering<T> gathering, long patienceMillis) {
        Question<T> question = new Question<>(gathering);
        long number = numbers.incrementAndGet();
        open.put(number, question);
        post.send(channel, message.apply(number)).whenComplete((nodes, failure) -> {
            if (failure == null) {
                question.asked(nodes);
            } else {
                question.end(false);
            }
        });
        var alarm = timer.schedule(() -> question.end(false), patienceMillis, TimeUnit.MILLISECONDS);
        question.result.whenComplete((found, failure) -> {
            alarm.cancel(false);
            open.remove(number);
        });
        return question.result;
    }

    /** A node has answered. */
    void hear(byte[] answer) {
        number(answer).map(open::get).ifPresent(question -> question.add(answer));
    }

    private static Optional<Long> number(byte[] answer) {
        String head = new String(answer, 0, Math.min(answer.length, 24), StandardCharsets.ISO_8859_1);
        String[] words = head.split("[ \n]", 3);
        return words.length > 1 && words[1].matches("\\d{1,18}")
                ? Optional.of(Long.parseLong(words[1]))
                : Optional.empty();
    }

    /** Answers what a node has asked. */
    void answer(String node, byte[] answer) {
        post.send(keys.node(node), answer).whenComplete((nodes, failure) -> {
            if (failure != null) {
                LOGGER.log(
                        System.Logger.Level.DEBUG,
                        "no answer was given: {0}",
                        Trouble.of(failure).text());
            }
        });
    }

    /** Waits for no answer any more. */
    void close() {
        open.values().forEach(question -> question.end(false));
    }
}
