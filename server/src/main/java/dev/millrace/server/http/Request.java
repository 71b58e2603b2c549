package dev.millrace.server.http;

import dev.millrace.http.Problem;
import dev.millrace.http.Query;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * A request's head, checked.
 *
 * @param target path and query as they were sent
 * @param rawPath the path as it was sent, still percent-encoded
 * @param peer the other end of the connection
 */
record Request(
        HttpMethod method,
        String target,
        String rawPath,
        Query query,
        HttpHeaders headers,
        boolean isHttp10,
        InetAddress peer) {

    /** What a decoded head says; refuses what is ambiguous. */
    static Request of(HttpRequest head, InetAddress peer) {
        HttpVersion version = head.protocolVersion();
        boolean isHttp10 = version.equals(HttpVersion.HTTP_1_0);
        if (!isHttp10 && !version.equals(HttpVersion.HTTP_1_1)) {
            throw Problem.of(505, "speak HTTP/1.1").exception();
        }
        requireFraming(head.headers(), isHttp10);
        String target = originForm(head.uri());
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        Query query = question < 0 ? Query.EMPTY : Query.parse(target.substring(question + 1));
        return new Request(head.method(), target, path, query, head.headers(), isHttp10, peer);
    }

    private static void requireFraming(HttpHeaders headers, boolean isHttp10) {
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()
                && (isHttp10 || codings.size() > 1 || !codings.get(0).equalsIgnoreCase("chunked"))) {
            throw Problem.badRequest("Transfer-Encoding must be chunked, once, and over HTTP/1.1");
        }
        int hosts = headers.getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && !isHttp10)) {
            throw Problem.badRequest("exactly one Host header is needed");
        }
    }

    private static String originForm(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '#') {
                throw Problem.badRequest("the address must be ASCII: percent-encode everything else");
            }
        }
        if (target.startsWith("/") || target.equals("*")) {
            return target;
        }
        int scheme = target.indexOf("://");
        if (scheme < 1) {
            throw Problem.badRequest("the address must be a path that begins with /");
        }
        int path = target.indexOf('/', scheme + 3);
        return path < 0 ? "/" : target.substring(path);
    }

    /** A header that stands once; an empty one is as if it were not given. */
    Optional<String> header(CharSequence name) {
        List<String> values = headers.getAll(name);
        if (values.size() > 1) {
            throw Problem.badRequest("the header " + name + " must be given once");
        }
        return values.isEmpty() || values.get(0).isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    boolean isHead() {
        return method.equals(HttpMethod.HEAD);
    }

    /** How long its body says that it is: -1 where it does not say, 0 where there is none. */
    long contentLength() {
        if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
            return -1;
        }
        String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** The type of its body, without parameters, in lower case; empty where it does not say. */
    String contentType() {
        String type = headers.get(HttpHeaderNames.CONTENT_TYPE, "");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(java.util.Locale.ROOT);
    }
}
