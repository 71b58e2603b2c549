package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import io.netty.channel.Channel;
import java.util.List;

/** How answers are written on a connection (HTTP/1) or on one stream of it (HTTP/2). What it writes is not flushed. */
interface Wire {
    /** Writes a whole answer. */
    void answer(Channel to, byte[] date, Answer answer, boolean isHead, boolean isKeptAlive);

    /** Writes the head of an answer whose body is an event stream, and leaves the pipeline to that stream. */
    void beginStream(Channel to, byte[] date, Framing framing, List<Header> headers);

    /** Writes what tells a client to go on and send the body. */
    void proceed(Channel to);

    /** Ends the sending side when everything is written: the peer has the time to read it. */
    void closeGently(Channel connection);

    /** How the bytes of an event stream are framed. */
    Framing framing(boolean isHttp10);
}
