package dev.millrace.hub;

import java.util.concurrent.atomic.LongAdder;

/** What one loop has done since it began, and how many of its streams lag. Thread-safe. */
final class Tally {
    final LongAdder delivered = new LongAdder();
    final LongAdder lagging = new LongAdder();
    final LongAdder gaps = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder bytes = new LongAdder();
}
