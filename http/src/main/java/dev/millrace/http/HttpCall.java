package dev.millrace.http;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** A request on its way to its answer, as the routes see it. Its transport decides on which thread it lives. */
public interface HttpCall {
    /** The parameters of the query. */
    Query query();

    /** A header that must stand once; an empty one is as if it were not given. */
    Optional<String> header(CharSequence name);

    /** The part of the path that names what it is about, decoded. */
    String parameter();

    /** The whole body as text; valid while the handler runs. */
    String bodyText();

    /** Who sends it. */
    Caller caller();

    /** Refuses an event of a caller who publishes faster than allowed. */
    void requireRate();

    /** Runs what takes its time, on a thread of the transport. */
    Executor executor();

    /** Answers. Once; what comes later is not sent. */
    void answer(Answer answer);

    /** Answers when the stage completes, on whatever thread. */
    <T> void answerWhen(CompletionStage<T> stage, Function<? super T, Answer> toAnswer);
}
