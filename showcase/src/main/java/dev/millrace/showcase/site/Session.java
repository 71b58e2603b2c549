package dev.millrace.showcase.site;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Who is signed in. */
@RestController
class Session {
    /**
     * The answer.
     *
     * @param user nobody where it is null
     */
    record Answer(@Nullable String user) {}

    @GetMapping("/session")
    Answer session(@Nullable Principal user) {
        return new Answer(user == null ? null : user.getName());
    }
}
