import { type ChildProcess, spawn } from "node:child_process";

// Redis must not outlive us, not even after SIGKILL: when the pipe on our side closes, `read` ends and Redis is
// told to stop, which makes it write its log to disk. Descriptor 3 is the mark that says "a server lives here".
const script = `
exec 4<&0 2>&1
"$@" 4<&- </dev/null &
server=$!
(read -r _ <&4; kill -TERM "$server") >/dev/null 2>&1 3<&- &
reader=$!
exec 4<&- </dev/null
wait "$server"
status=$?
kill "$reader" 2>/dev/null
exit "$status"
`;

/**
 * Starts a command that ends with us. Closing the child's stdin stops it; its stdout carries all that it says.
 * It stands in a process group of its own, so that Ctrl-C reaches us alone and we stop things in order.
 */
export function spawnWatched(command: string, args: readonly string[], markFd: number): ChildProcess {
  return spawn("/bin/sh", ["-c", script, "pixiehook-redis", command, ...args], {
    stdio: ["pipe", "pipe", "ignore", markFd],
    detached: true,
    // Not our whole environment: it holds secrets.
    env: { PATH: process.env.PATH },
  });
}
