package dev.millrace.client;

/**
 * A published batch: the hub keeps all of it.
 *
 * @param accepted how many events
 * @param lastId the id of the last one; empty where there was none
 */
public record Batch(long accepted, String lastId) {}
