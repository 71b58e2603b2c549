/** Announcements to everybody. */
@NullMarked
package dev.millrace.showcase.announcements;

import org.jspecify.annotations.NullMarked;
