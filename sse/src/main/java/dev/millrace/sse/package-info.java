/**
 * The wire format of event streams: encode to bytes, parse from bytes.
 *
 * <p>Source: WHATWG HTML, section 9.2, "Server-sent events".
 */
@NullMarked
package dev.millrace.sse;

import org.jspecify.annotations.NullMarked;
