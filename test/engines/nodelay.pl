# Sets TCP_NODELAY on the sockets of a running process, as if it had done so itself:
#   perl nodelay.pl PID
# The sockets it accepts later have it too: on Linux they take it from the one that listens. Perl, because it is on every
# Debian and can make system calls. Fails where a process may not touch another's sockets, as in some containers.
use strict;
use warnings;

my ( $PIDFD_OPEN, $PIDFD_GETFD ) = ( 434, 438 );    # the same numbers on every architecture
my ( $IPPROTO_TCP, $TCP_NODELAY ) = ( 6, 1 );

my ($pid) = @ARGV;
my $process = syscall $PIDFD_OPEN, $pid + 0, 0;
die "pidfd_open: $!\n" if $process < 0;
for my $link ( glob "/proc/$pid/fd/*" ) {
    next if ( readlink($link) // '' ) !~ /^socket:/;
    my ($number) = $link =~ /(\d+)$/;
    my $copy = syscall $PIDFD_GETFD, $process, $number + 0, 0;
    die "pidfd_getfd: $!\n" if $copy < 0;
    open my $socket, '+<&=', $copy or die "open: $!\n";
    setsockopt $socket, $IPPROTO_TCP, $TCP_NODELAY, 1;    # fails on those that are not TCP
}
