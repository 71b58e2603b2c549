/**
 * The Java client of a Millrace hub, and of any other server of event streams: a stream to read, and a publisher.
 *
 * <p>It needs Java 17 and nothing but the JDK's {@code HttpClient}.
 */
@NullMarked
package dev.millrace.client;

import org.jspecify.annotations.NullMarked;
