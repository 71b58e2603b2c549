/** Tests of what runs the hub: proxies in front of it, and the socket that it is given. */
@NullMarked
package dev.millrace.deploy;

import org.jspecify.annotations.NullMarked;
