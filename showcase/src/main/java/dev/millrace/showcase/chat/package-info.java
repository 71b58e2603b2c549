/** Chat rooms with presence, history, and who is typing. */
@NullMarked
package dev.millrace.showcase.chat;

import org.jspecify.annotations.NullMarked;
