package dev.millrace.http;

/** Carries a problem from where it is found to where it is answered. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    /** What is to be answered. */
    public Problem problem() {
        return problem;
    }
}
