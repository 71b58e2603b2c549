package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Examines the way to a hub, from the outside: it only does what a client does.
 *
 * <p>Each check presumes the ones before it; where one leaves nothing to examine, the others are left out.
 */
public final class Doctor {
    private final Subject subject;
    private final Consumer<? super Finding> told;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * @param told is given each finding when it is there
     */
    public Doctor(Subject subject, Consumer<? super Finding> told) {
        this.subject = subject;
        this.told = told;
    }

    /** Makes all checks; takes a little longer than a silent stream is watched. */
    public List<Finding> examine() throws InterruptedException {
        if (tell(new Reach(subject).check()) && (!subject.isSecure() || tell(new TlsCheck(subject).check()))) {
            examineHub();
        }
        return List.copyOf(findings);
    }

    private void examineHub() throws InterruptedException {
        HttpClient http = Certificates.client(subject);
        HubCheck hub = new HubCheck(subject, http);
        Finding found;
        try {
            found = hub.check();
        } catch (IOException e) {
            found = Finding.fail("hub", "no answer that is HTTP: " + e.getMessage(), Fix.ADDRESS);
        }
        if (!tell(found)) {
            return;
        }
        tell(hub.version());
        tell(hub.clock());
        try (IdleCheck idle = new IdleCheck(subject, http, hub.front())) {
            StreamCheck stream = new StreamCheck(subject, http, hub);
            for (Finding each : stream.check()) {
                tell(each);
            }
            tell(new CorsCheck(subject, http).check());
            tell(idle.check());
        } catch (IOException e) {
            tell(Finding.fail("stream", "it broke while it was examined: " + e.getMessage(), List.of()));
        }
    }

    /** Tells a finding; answers whether there is something left to examine. */
    private boolean tell(Finding finding) {
        findings.add(finding);
        told.accept(finding);
        return finding.verdict() != Verdict.FAIL;
    }

    /** The worst that was found. */
    public static Verdict worst(List<Finding> findings) {
        Optional<Finding> failed = findings.stream()
                .filter(finding -> finding.verdict() == Verdict.FAIL)
                .findFirst();
        boolean isWarned = findings.stream().anyMatch(finding -> finding.verdict() == Verdict.WARN);
        return failed.isPresent() ? Verdict.FAIL : isWarned ? Verdict.WARN : Verdict.OK;
    }
}
