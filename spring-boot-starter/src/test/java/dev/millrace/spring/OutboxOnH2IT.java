package dev.millrace.spring;

/** The outbox on H2. */
class OutboxOnH2IT extends OutboxContract {
    @Override
    String databaseUrl() {
        return "jdbc:h2:mem:outbox;DB_CLOSE_DELAY=-1";
    }
}
