package dev.millrace.spring;

import dev.millrace.http.Accept;
import dev.millrace.http.Answer;
import dev.millrace.http.Caller;
import dev.millrace.http.HttpCall;
import dev.millrace.http.Percent;
import dev.millrace.http.Problem;
import dev.millrace.http.Query;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** A call of the hub's HTTP interface on a servlet's request. It lives on the request's thread, and no thread waits for its answer. */
final class ServletCall implements HttpCall {
    /** What is done with a call. */
    interface Handler {
        void run() throws IOException;
    }

    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Caller caller;
    private final Executor executor;
    private final Query query;
    private String parameter = "";
    private String body = "";

    ServletCall(HttpServletRequest request, HttpServletResponse response, Caller caller, Executor executor) {
        this.request = request;
        this.response = response;
        this.caller = caller;
        this.executor = executor;
        String text = request.getQueryString();
        this.query = text == null ? Query.EMPTY : Query.parse(text);
    }

    /** The same about something. */
    ServletCall about(String rawParameter) {
        parameter = rawParameter;
        return this;
    }

    /** The same with a body. */
    ServletCall with(String text) {
        body = text;
        return this;
    }

    /** Does it; answers with the problem where that fails. */
    void handle(Handler handler) throws IOException {
        try {
            handler.run();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (RuntimeException | Error e) {
            Answers.write(Problem.of(e).answer(), response);
        }
    }

    HttpServletRequest request() {
        return request;
    }

    HttpServletResponse response() {
        return response;
    }

    /** What content types the client takes. */
    Accept accept() {
        return Accept.of(Collections.list(request.getHeaders("Accept")));
    }

    @Override
    public Query query() {
        return query;
    }

    @Override
    public Optional<String> header(CharSequence name) {
        List<String> values = Collections.list(request.getHeaders(name.toString()));
        if (values.size() > 1) {
            throw Problem.badRequest("the header " + name + " must be given once");
        }
        return values.isEmpty() || values.get(0).isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    @Override
    public String parameter() {
        return Percent.decodePath(parameter);
    }

    @Override
    public String bodyText() {
        return body;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public void requireRate() {} // an application that wants to limit its publishers does so in a filter

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public void answer(Answer answer) {
        try {
            Answers.write(answer, response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public <T> void answerWhen(CompletionStage<T> stage, Function<? super T, Answer> toAnswer) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone()) {
            answer(toAnswer.apply(future.join()));
            return;
        }
        AsyncContext async = request.startAsync(request, response);
        async.setTimeout(0); // every stage of the hub ends
        future.whenComplete((value, failure) -> async.start(() -> finish(future, toAnswer, async)));
    }

    private <T> void finish(CompletableFuture<T> done, Function<? super T, Answer> toAnswer, AsyncContext async) {
        try {
            handle(() -> answer(toAnswer.apply(done.join())));
        } catch (IOException e) {
            request.getServletContext().log("an answer could not be sent: its client is gone", e);
        } finally {
            async.complete();
        }
    }
}
