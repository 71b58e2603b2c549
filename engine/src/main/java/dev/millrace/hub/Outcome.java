package dev.millrace.hub;

import dev.millrace.log.ChannelSet;

/** What became of an {@link Order}. */
public sealed interface Outcome {
    /** It was carried out; this is what the stream listens to now. */
    record Done(ChannelSet channels) implements Outcome {}

    /** It made way, or had ended lately; this is what it had been steered to. */
    record Yielded(Steering steering) implements Outcome {}

    /** There is no such stream. */
    record Unknown() implements Outcome {}

    /** The stream is another user's. */
    record Foreign() implements Outcome {}

    /** It can't be done, and who gives the order should change it: this says how. */
    record Refused(String why) implements Outcome {}

    /** Too much waits for the stream's client already. */
    record Busy() implements Outcome {}
}
