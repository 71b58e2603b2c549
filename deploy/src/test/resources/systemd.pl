# What systemd does with a socket and a service: it holds the socket, and starts the service with it as descriptor 3.
# perl systemd.pl HOST COMMAND...   prints the port, then obeys lines: "start", "stop" (SIGTERM, and its end is waited for)
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Socket;

$| = 1;
my ($host, @command) = @ARGV;
socket(my $door, PF_INET, SOCK_STREAM, 0) or die "socket: $!";
setsockopt($door, SOL_SOCKET, SO_REUSEADDR, 1);
bind($door, sockaddr_in(0, inet_aton($host))) or die "bind: $!";
listen($door, 4096) or die "listen: $!";
my ($port) = sockaddr_in(getsockname($door));
print "port $port\n";

my $service;
# The service does not outlive it.
$SIG{TERM} = sub { exit 0 };
END { kill 'KILL', $service if $service }
while (my $line = <STDIN>) {
    if ($line =~ /^start/) {
        $service = fork();
        if (!$service) {
            POSIX::dup2(fileno($door), 3) if fileno($door) != 3;
            open(my $given, '>&=', 3) or die "descriptor 3: $!";
            fcntl($given, F_SETFD, 0) or die "fcntl: $!";
            $ENV{LISTEN_FDS} = 1;
            $ENV{LISTEN_PID} = $$;
            exec(@command) or die "exec: $!";
        }
    } elsif ($line =~ /^stop/) {
        kill 'TERM', $service;
        waitpid($service, 0);
        $service = 0;
        print "ended with ", $? >> 8, "\n";
    }
}
