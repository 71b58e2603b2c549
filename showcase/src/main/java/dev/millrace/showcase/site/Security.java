package dev.millrace.showcase.site;

import dev.millrace.spring.AccessPolicy;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.cors.CorsUtils;

/** Who may do what. Everything is open but what belongs to a user; the three users and their password stand on the page. */
@Configuration
class Security {
    private static final String PASSWORD = "millrace";
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final String CONTENT =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    @Bean
    SecurityFilterChain chain(HttpSecurity http, Problems problems) {
        AuthenticationEntryPoint entry =
                (request, response, failure) -> problems.answer(response, HttpStatus.UNAUTHORIZED, "sign in first");
        return http.authorizeHttpRequests(requests -> requests.requestMatchers("/notifications/**", "/orders/*/ship")
                        .authenticated()
                        .anyRequest()
                        .permitAll())
                .httpBasic(basic -> basic.authenticationEntryPoint(entry)) // without a challenge: the page asks itself
                .formLogin(form -> form.loginPage("/inbox.html")
                        .loginProcessingUrl("/login")
                        .successHandler((request, response, user) -> response.setStatus(204))
                        .failureHandler((request, response, failure) -> problems.answer(
                                response, HttpStatus.UNAUTHORIZED, "no such user, or another password")))
                .logout(logout -> logout.logoutSuccessHandler((request, response, user) -> response.setStatus(204)))
                .exceptionHandling(failures -> failures.authenticationEntryPoint(entry)
                        .accessDeniedHandler((request, response, failure) -> problems.answer(
                                response, HttpStatus.FORBIDDEN, "a page of another origin may not change anything")))
                .requestCache(cache -> cache.disable()) // else every refused request would begin a session
                .csrf(csrf -> csrf.requireCsrfProtectionMatcher(Security::isFromElsewhere))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                        .referrerPolicy(referrer -> {}))
                .build();
    }

    /**
     * Whether a change comes from a page of another origin; such a request has no token, and so is refused. Browsers name the origin
     * of every such request, and programs without cookies need no protection.
     */
    private static boolean isFromElsewhere(HttpServletRequest request) {
        return !READING.contains(request.getMethod()) && CorsUtils.isCorsRequest(request);
    }

    @Bean
    PasswordEncoder passwords() {
        return new BCryptPasswordEncoder(4); // the password is public
    }

    @Bean
    UserDetailsService users(PasswordEncoder passwords) {
        String secret = passwords.encode(PASSWORD);
        InMemoryUserDetailsManager users = new InMemoryUserDetailsManager();
        for (String name : Set.of("ada", "grace", "linus")) {
            users.createUser(
                    User.withUsername(name).password(secret).roles("USER").build());
        }
        users.createUser(User.withUsername("admin")
                .password(secret)
                .roles(AccessPolicy.PUBLISHER, AccessPolicy.ADMIN)
                .build());
        return users;
    }
}
