package dev.millrace.server;

import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SIGTERM and SIGINT: the first asks for the end, the second forces it.
 *
 * <p>By reflection, since {@code sun.misc.Signal} is what every JDK has for this, and no compiler lets it pass without a warning. A
 * shutdown hook would not do: the process would end with the signal's status, and the second signal would be lost.
 */
final class Signals implements Ending {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicInteger count = new AtomicInteger();
    private final Runnable force;

    private Signals(Runnable force) {
        this.force = force;
    }

    /** Takes the signals from now on. */
    static Signals take(Runnable force) {
        Signals signals = new Signals(force);
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object own = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            signals.arrived();
                        }
                        return method.getReturnType() == int.class ? System.identityHashCode(proxy) : null;
                    });
            for (String name : new String[] {"TERM", "INT"}) {
                signal.getMethod("handle", signal, handler)
                        .invoke(null, signal.getConstructor(String.class).newInstance(name), own);
            }
            return signals;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no signals: it must have the module jdk.unsupported", e);
        }
    }

    private void arrived() {
        if (count.incrementAndGet() == 1) {
            asked.countDown();
        } else {
            force.run();
        }
    }

    @Override
    public void await() throws InterruptedException {
        asked.await();
    }
}
