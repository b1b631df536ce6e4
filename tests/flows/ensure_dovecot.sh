#!/bin/sh
# The tests of mailboxes speak to a real IMAP server, Dovecot. On Debian as root it is installed when missing, and kept
# from serving by itself: the tests start one of their own. Where it cannot be had they are skipped, and say so.
set -u
PATH="$PATH:/usr/sbin:/usr/local/sbin"
if command -v dovecot >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing the package dovecot-imapd for the tests of mailboxes"
  if [ -d /run/systemd/system ]; then systemctl mask dovecot.service dovecot.socket >/dev/null 2>&1; fi
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends dovecot-imapd; } \
    >/dev/null 2>&1 && exit 0
fi
echo "The tests of mailboxes are skipped: they need Dovecot, the package 'dovecot-imapd'." >&2
