/** Short alerts on every open page. */
@NullMarked
package dev.millrace.showcase.alerts;

import org.jspecify.annotations.NullMarked;
