/** What stands between a client and a hub: examined, judged, and with the change that mends it. */
@NullMarked
package dev.millrace.cli.doctor;

import org.jspecify.annotations.NullMarked;
