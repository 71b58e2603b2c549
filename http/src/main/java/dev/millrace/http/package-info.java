/**
 * The HTTP interface, whatever serves it: its routes, requests and answers, and the bytes of its streams. A server brings the
 * transport, and says who calls.
 */
@NullMarked
package dev.millrace.http;

import org.jspecify.annotations.NullMarked;
