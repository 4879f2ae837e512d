#!/usr/bin/env bash
# System packages that tests need: installed when root, else said loudly (and their tests fail with a sentence).
set -u
wanted=(curl libatomic1 fusioninventory-agent ocsinventory-agent libio-socket-ssl-perl chromium fonts-noto-cjk postgresql
  resource-agents libxml2-utils fuse2fs dash rpm gcc libc6-dev iproute2 lynis openscap-scanner ssg-debian
  freeradius freeradius-rest freeradius-utils eapoltest hostapd wpasupplicant nftables iputils-ping
  rsyslog rsyslog-gnutls rsyslog-openssl postfix sasl2-bin libsasl2-modules)
[ -n "${KANMON_CAMPAIGN:-}" ] && wanted+=(etcd-server patroni pacemaker pacemaker-cli-utils corosync keepalived kmod)
missing=()
for name in "${wanted[@]}"; do
  dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" != 0 ]; then
  echo "=== Tests need these packages, and only root can install them: ${missing[*]}" >&2
  echo "=== sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 0
fi
echo "Installing for the tests: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/tmp/kanmon-test-packages.log 2>&1 || { tail -20 /tmp/kanmon-test-packages.log; exit 1; }
