package dev.millrace.spring;

import dev.millrace.hub.Subscription;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Opens the stream for which a controller's method returns a {@link Subscription}. */
final class SubscriptionHandler implements HandlerMethodReturnValueHandler {
    private final EventStreams streams;

    SubscriptionHandler(EventStreams streams) {
        this.streams = streams;
    }

    @Override
    public boolean supportsReturnType(MethodParameter returnType) {
        return Subscription.class.isAssignableFrom(returnType.getParameterType());
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value,
            MethodParameter returnType,
            ModelAndViewContainer container,
            NativeWebRequest request)
            throws IOException {
        container.setRequestHandled(true);
        streams.open(
                (Subscription) Objects.requireNonNull(value, "a controller returned null for a Subscription"),
                Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class)),
                Objects.requireNonNull(request.getNativeResponse(HttpServletResponse.class)));
    }
}
