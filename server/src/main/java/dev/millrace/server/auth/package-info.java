/** Who may do what, from where, and how often: tokens in, grants out. Knows no transport. */
@NullMarked
package dev.millrace.server.auth;

import org.jspecify.annotations.NullMarked;
