"""Real Pacemaker and Corosync on two machines, with a fencing device that switches a machine off."""

import threading
import xml.etree.ElementTree as ET
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import KANMON, until
from tests.place.machines import ADDRESS, AGENT, NETWORK, Lan, Machine, pair, require
from tests.place.reporting import PORT

OPERATION_SECONDS = 180  # a loaded machine

COROSYNC = """\
totem {{
  version: 2
  cluster_name: kanmon
  transport: knet
  crypto_cipher: none
  crypto_hash: none
  token: 3000
}}
nodelist {{
  node {{
    ring0_addr: {network}.1
    name: nA
    nodeid: 1
  }}
  node {{
    ring0_addr: {network}.2
    name: nB
    nodeid: 2
  }}
}}
quorum {{
  provider: corosync_votequorum
  two_node: 1
  wait_for_all: 0
}}
system {{
  allow_knet_handle_fallback: yes
}}
logging {{
  to_logfile: yes
  logfile: {logs}/{name}-corosync.log
  to_syslog: no
}}
"""

# The device's board is a folder: a request is a file, and it is done when the file is gone. It is reached over the
# network, so that who is cut off can't switch off the other one.
FENCE = """\
#!/bin/sh
panel={panel}
while read -r line; do
  case $line in
  action=*) action=${{line#action=}} ;;
  plug=* | port=* | nodename=*) node=${{line#*=}} ;;
  esac
done
case $action in
metadata)
  cat <<'XML'
<?xml version="1.0" ?>
<resource-agent name="fence_panel" shortdesc="A switch board">
<longdesc>Switches a machine off.</longdesc>
<vendor-url>https://example.com</vendor-url>
<parameters>
<parameter name="action" unique="0" required="0"><content type="string" default="off"/>
<shortdesc lang="en">Action</shortdesc></parameter>
<parameter name="plug" unique="0" required="0"><content type="string"/>
<shortdesc lang="en">Machine</shortdesc></parameter>
</parameters>
<actions>
<action name="on" automatic="0"/><action name="off"/><action name="reboot"/><action name="status"/>
<action name="list"/><action name="monitor"/><action name="metadata"/><action name="validate-all"/>
</actions>
</resource-agent>
XML
  ;;
off | reboot)
  ip -o link show dev eth0 | grep -q 'state UP' || exit 1
  touch "$panel/$node"
  while [ -e "$panel/$node" ]; do sleep 0.1; done
  ;;
list) printf 'nA,\\nnB,\\n' ;;
esac
exit 0
"""

RESOURCES = """\
<resources>
  <primitive id="fencing" class="stonith" type="fence_panel">
    <instance_attributes id="fencing-a">
      <nvpair id="fencing-hosts" name="pcmk_host_list" value="nA nB"/>
      <nvpair id="fencing-check" name="pcmk_host_check" value="static-list"/>
    </instance_attributes>
  </primitive>
  <group id="kanmon-group">
    <meta_attributes id="group-m">
      <nvpair id="group-stickiness" name="resource-stickiness" value="1000"/>
    </meta_attributes>
    <primitive id="disk" class="ocf" provider="heartbeat" type="Filesystem">
      <instance_attributes id="disk-a">
        <nvpair id="disk-device" name="device" value="/run/shared-disk"/>
        <nvpair id="disk-directory" name="directory" value="{disk}"/>
        <nvpair id="disk-fstype" name="fstype" value="ext4"/>
      </instance_attributes>
      {operations_disk}
    </primitive>
    <primitive id="address" class="ocf" provider="heartbeat" type="IPaddr2">
      <instance_attributes id="address-a">
        <nvpair id="address-ip" name="ip" value="{address}"/>
        <nvpair id="address-mask" name="cidr_netmask" value="24"/>
        <nvpair id="address-nic" name="nic" value="eth0"/>
      </instance_attributes>
      {operations_address}
    </primitive>
    <primitive id="manager" class="ocf" provider="kanmon" type="kanmon">
      <instance_attributes id="manager-a">
        <nvpair id="manager-home" name="home" value="{home}"/>
        <nvpair id="manager-binary" name="binary" value="{kanmon}"/>
        <nvpair id="manager-user" name="user" value="root"/>
        <nvpair id="manager-listen" name="listen" value="{address}:{port}"/>
        <nvpair id="manager-mount" name="mount" value="{disk}"/>
        <nvpair id="manager-address" name="address" value="{address}"/>
      </instance_attributes>
      <meta_attributes id="manager-m">
        <nvpair id="manager-threshold" name="migration-threshold" value="1"/>
      </meta_attributes>
      {operations_manager}
    </primitive>
  </group>
</resources>
"""
PROPERTIES = """\
<crm_config>
  <cluster_property_set id="kanmon-options">
    <nvpair id="o1" name="stonith-enabled" value="true"/>
    <nvpair id="o2" name="stonith-action" value="off"/>
    <nvpair id="o3" name="stonith-timeout" value="120"/>
    <nvpair id="o4" name="startup-fencing" value="false"/>
    <nvpair id="o5" name="load-threshold" value="10000%"/>
  </cluster_property_set>
</crm_config>
"""


def _operations(name: str, *monitors: tuple[int, int]) -> str:
    """The operations of a resource; ``monitors``: seconds between two, and depth."""
    lines = [
        f'<op id="{name}-{one}" name="{one}" interval="0" timeout="{OPERATION_SECONDS}"/>' for one in ("start", "stop")
    ]
    for seconds, depth in monitors:
        level = (
            f'<instance_attributes id="{name}-l{depth}"><nvpair id="{name}-level-{depth}" name="OCF_CHECK_LEVEL"'
            f' value="{depth}"/></instance_attributes>'
        )
        lines.append(
            f'<op id="{name}-monitor-{depth}" name="monitor" interval="{seconds}" timeout="{OPERATION_SECONDS}">'
            f"{level if depth else ''}</op>"
        )
    return f"<operations>{''.join(lines)}</operations>"


class Cluster:
    """The two machines with Pacemaker on them."""

    def __init__(self, lan: Lan, machines: tuple[Machine, Machine], folder: Path) -> None:
        self.lan, self.machines, self.panel = lan, machines, folder / "panel"
        self.logs = folder / "logs"
        self.panel.mkdir()
        self.logs.mkdir()
        self.fenced: list[str] = []
        self.members = 0
        self._ending = threading.Event()
        self._switches = threading.Thread(target=self._watch_panel, daemon=True)
        self._switches.start()

    def by_name(self, name: str) -> Machine:
        """The machine of that name."""
        return next(one for one in self.machines if one.name == name)

    def other(self, machine: Machine) -> Machine:
        """The other one."""
        return next(one for one in self.machines if one is not machine)

    def start(self, machine: Machine) -> None:
        """Corosync and Pacemaker on a machine that has been booted."""
        inside = machine.path("/run")
        for name in ("corosync", "ocf/kanmon", "sbin", "sbin.own", "etc", "vc", "crm"):
            (inside / name).mkdir(parents=True)
        (inside / "etc" / "corosync.conf").write_text(
            COROSYNC.format(network=NETWORK, name=machine.name, logs=self.logs)
        )
        (inside / "sbin" / "fence_panel").write_text(FENCE.format(panel=self.panel))
        (inside / "sbin" / "fence_panel").chmod(0o755)
        (inside / "start").write_text(START.format(agent=AGENT, logs=self.logs))
        machine.run("sh", "/run/start")
        until(lambda: self._is_online(machine), OPERATION_SECONDS)

    def _is_online(self, machine: Machine) -> bool:
        state = self.state(machine)
        node = state.find(f"nodes/node[@name='{machine.name}']") if state is not None else None
        return node is not None and node.get("online") == "true" and node.get("pending") == "false"

    def configure(self, home: Path, without: Collection[str] = ()) -> None:
        """Fencing, and the group of disk, address and Manager; ``without`` some of these: "fencing", "disk"."""
        text = RESOURCES.format(
            disk=self.machines[0].disk, address=ADDRESS, home=home, kanmon=KANMON, port=PORT,
            operations_disk=_operations("disk", (10, 0)), operations_address=_operations("address", (10, 0)),
            operations_manager=_operations("manager", (2, 0), (5, 10), (15, 20)),
        )  # fmt: skip
        resources, properties = ET.fromstring(text), ET.fromstring(PROPERTIES)
        for parent in list(resources.iter()):
            for part in list(parent):
                if part.get("id") in without or ("disk" in without and part.get("id") == "manager-mount"):
                    parent.remove(part)
        if "fencing" in without:
            properties.find(".//nvpair[@id='o1']").set("value", "false")  # type: ignore[union-attr]
        self.members = len(resources.findall("group/primitive"))
        first = self.machines[0]
        for section, tree in (("crm_config", properties), ("resources", resources)):
            xml = ET.tostring(tree, "unicode")
            first.path(f"/run/{section}.xml").write_text(xml)
            words = ("--modify", "--allow-create", "--scope", section, "--xml-file", f"/run/{section}.xml")
            first.run("cibadmin", *words)

    def state(self, on: Machine) -> ET.Element | None:
        """What crm_mon says on a machine."""
        done = on.run("crm_mon", "--as-xml", check=False)
        return ET.fromstring(done.stdout) if done.returncode == 0 else None

    def active(self) -> Machine | None:
        """Where the whole group runs."""
        for one in self.machines:
            if not one.is_on:
                continue
            state = self.state(one)
            group = [] if state is None else state.findall("resources/group/resource")
            nodes = {node.get("name") for resource in group for node in resource.findall("node")}
            started = [r for r in group if r.get("role") == "Started" and r.get("failed") == "false"]
            if len(started) == self.members and len(nodes) == 1:
                return self.by_name(str(nodes.pop()))
        return None

    def runs_on(self, machine: Machine) -> None:
        """Wait until the group runs there."""
        try:
            until(lambda: self.active() is machine, 3 * OPERATION_SECONDS, 0.5)
        except AssertionError:
            raise AssertionError(self.told()) from None

    def repair(self, machine: Machine) -> None:
        """Whoever was switched off is switched on again, and failures are forgotten."""
        if not machine.is_on:
            machine.boot()
            self.start(machine)
        machine.run("crm_resource", "--cleanup")

    def told(self) -> str:
        """What the cluster says, for whoever has to find out."""
        texts = []
        for one in self.machines:
            if one.is_on:
                texts.append(one.run("crm_mon", "-1", "--show-detail", check=False).stdout)
        texts += ["\n".join(log.read_text("utf-8", "replace").splitlines()[-60:]) for log in self.logs.iterdir()]
        return "\n".join(texts)

    def _watch_panel(self) -> None:
        while not self._ending.wait(0.1):
            for request in self.panel.iterdir():
                self.by_name(request.name).power_off()
                self.fenced.append(request.name)
                request.unlink()

    def close(self) -> None:
        """The board is not watched any more."""
        self._ending.set()
        self._switches.join(60)


START = """\
set -e
mount -t tmpfs shm /dev/shm
mount --bind /run/etc /etc/corosync
mount --bind /run/vc /var/lib/corosync
mkdir -p /run/vp/cib /run/vp/pengine /run/vp/cores /run/vp/blackbox
chown -R hacluster:haclient /run/vp /run/crm
mount --bind /run/vp /var/lib/pacemaker
cp -a /usr/lib/ocf/resource.d/. /run/ocf/
cp {agent} /run/ocf/kanmon/kanmon
mount --bind /run/ocf /usr/lib/ocf/resource.d
mount --bind /usr/sbin /run/sbin.own
cp -as /run/sbin.own/. /run/sbin/
mount --bind /run/sbin /usr/sbin
corosync -f >/run/corosync.out 2>&1 &
echo $! >/run/corosync.pid
until corosync-cfgtool -s >/dev/null 2>&1; do sleep 0.2; done
PCMK_logfile={logs}/$(hostname)-pacemaker.log pacemakerd -f >/run/pacemakerd.out 2>&1 </dev/null &
"""


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Two machines on which Pacemaker is to be started."""
    require("corosync", "pacemakerd", "cibadmin", "crm_mon", "crm_resource", "crm_standby", "modprobe")
    with pair(folder) as (lan, first, second):
        made = Cluster(lan, (first, second), folder)
        try:
            yield made
        finally:
            made.close()
