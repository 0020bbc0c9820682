/** A way to install a program. */
export interface PackageManager {
  readonly tool: string;
  /** Whether it works as root, or only as an ordinary user. */
  readonly asRoot: boolean;
  /** What a person would type. */
  readonly command: string;
  /** Shell text; its `$1` is what the program says, for Redis the path of Debian's service policy. */
  readonly script: string;
}

// Debian starts a Redis service with the package, on the public port. The policy forbids that for as long as the
// installation runs; should we be killed meanwhile, it takes itself away when it is next asked.
const aptScript = `
export DEBIAN_FRONTEND=noninteractive
policy=$1
if [ ! -e "$policy" ] || grep -q 'by pixiehook while' "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$policy" <<END
#!/bin/sh
# Put here by pixiehook while it installs Redis, so that no Redis service is started.
kill -0 $$ 2>/dev/null || { rm -f "$policy"; exit 0; }
case "\\$1" in redis*|valkey*) exit 101;; esac
exit 0
END
  chmod 755 "$policy"
fi
apt-get -q update
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 install redis-server || exit 1
if [ -d /run/systemd/system ]; then systemctl --quiet disable redis-server; fi
exit 0
`;

/** In the order in which they are looked for. */
export const packageManagers: readonly PackageManager[] = [
  {
    tool: "apt-get",
    asRoot: true,
    command: "sudo apt-get install redis-server",
    script: aptScript,
  },
  {
    tool: "dnf",
    asRoot: true,
    command: "sudo dnf install redis",
    script: "dnf -y -q install redis || dnf -y -q install valkey",
  },
  {
    tool: "apk",
    asRoot: true,
    command: "sudo apk add redis",
    script: "apk add --no-cache redis || apk add --no-cache valkey",
  },
  {
    tool: "brew",
    asRoot: false,
    command: "brew install redis",
    script: "HOMEBREW_NO_AUTO_UPDATE=1 brew install redis",
  },
];
