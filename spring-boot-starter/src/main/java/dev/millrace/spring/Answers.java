package dev.millrace.spring;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers of the hub's routes, as a servlet's response. */
final class Answers {
    private Answers() {}

    /** Says the status and the headers. */
    static void head(Answer answer, HttpServletResponse response) {
        response.setStatus(answer.status());
        if (!answer.type().isEmpty()) {
            response.setContentType(answer.type());
        }
        for (Header header : answer.headers()) {
            response.setHeader(header.name(), header.value());
        }
    }

    /** Says all of it. */
    static void write(Answer answer, HttpServletResponse response) throws IOException {
        head(answer, response);
        response.setContentLength(answer.body().length);
        response.getOutputStream().write(answer.body());
    }
}
