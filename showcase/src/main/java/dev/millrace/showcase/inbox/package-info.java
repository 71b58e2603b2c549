/** Notifications of a signed-in user, saved before they are pushed. */
@NullMarked
package dev.millrace.showcase.inbox;

import org.jspecify.annotations.NullMarked;
