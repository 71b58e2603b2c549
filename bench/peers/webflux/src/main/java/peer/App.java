package peer;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Broadcasting with Spring WebFlux: a sink for each channel, a stream of server-sent events for each listener. */
@SpringBootApplication
@RestController
public class App {
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);
    private static final int BUFFER = 1024;

    private final ConcurrentMap<String, Channel> channels = new ConcurrentHashMap<>();

    private static final class Channel {
        private final Sinks.Many<ServerSentEvent<String>> sink = Sinks.many().multicast().directBestEffort();
        private long lastId;

        synchronized void publish(String data) {
            String id = Long.toString(++lastId);
            sink.tryEmitNext(ServerSentEvent.builder(data).id(id).event("message").build());
        }
    }

    public static void main(String[] arguments) {
        SpringApplication.run(App.class, arguments);
    }

    private Channel channel(String name) {
        return channels.computeIfAbsent(name, key -> new Channel());
    }

    @GetMapping(path = "/events/{name}", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<String>> listen(@PathVariable("name") String name) {
        Flux<ServerSentEvent<String>> heartbeat = Flux.interval(HEARTBEAT).map(tick -> comment("heartbeat"));
        // Best effort drops what a listener has no room for; the usual advice is a buffer behind it.
        return Flux.merge(channel(name).sink.asFlux().onBackpressureBuffer(BUFFER), heartbeat).startWith(comment("connected"));
    }

    private static ServerSentEvent<String> comment(String text) {
        return ServerSentEvent.<String>builder().comment(text).build();
    }

    @PostMapping("/publish/{name}")
    Mono<Void> publish(@PathVariable("name") String name, @RequestBody String data) {
        channel(name).publish(data);
        return Mono.empty();
    }
}
