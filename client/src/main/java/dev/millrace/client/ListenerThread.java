package dev.millrace.client;

/** Hands a stream's values to a listener. */
final class ListenerThread {

    private ListenerThread() {}

    static void start(EventStream stream, EventListener listener) {
        Thread thread = new Thread(() -> run(stream, listener), "millrace-listener");
        thread.setDaemon(true);
        thread.start();
    }

    private static void run(EventStream stream, EventListener listener) {
        for (StreamEvent event : stream) {
            guard(() -> tell(listener, event));
        }
        guard(listener::onEnd);
    }

    /** One bad value must not end the stream, nor stay unseen. */
    private static void guard(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }

    private static void tell(EventListener listener, StreamEvent event) {
        if (event instanceof StreamEvent.Message message) {
            listener.onMessage(message);
        } else if (event instanceof StreamEvent.Gap gap) {
            listener.onGap(gap);
        } else if (event instanceof StreamEvent.Connected connected) {
            listener.onConnected(connected);
        } else if (event instanceof StreamEvent.Fault fault) {
            listener.onFault(fault);
        } else if (event instanceof StreamEvent.Comment comment) {
            listener.onComment(comment);
        }
    }
}
