package dev.millrace.spring;

import dev.millrace.hub.Subscriber;

/** Tells the application that a stream was opened. Published on the stream's loop: a listener must not block, or be asynchronous. */
public record StreamOpened(Subscriber subscriber) {}
