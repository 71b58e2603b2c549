package dev.millrace.client;

/**
 * A published event: the hub keeps it.
 *
 * @param id its id
 * @param recipients how many streams of the answering node it went to
 */
public record Published(String id, long recipients) {}
