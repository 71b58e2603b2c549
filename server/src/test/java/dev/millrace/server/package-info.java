/** Tests of the server as its users meet it: over sockets, by its contract. */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
