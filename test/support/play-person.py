"""Runs a command on a terminal of its own and plays a person: [text to wait for, what is typed or "!SIGNAL"], in order."""

import json
import os
import pty
import select
import signal
import sys
import termios
import time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)

shown = b""


def read(seconds):
    """Adds what is shown to `shown`; false when nothing comes any more."""
    global shown
    if not select.select([terminal], [], [], seconds)[0]:
        return True
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    shown += data
    return data != b""


deadline = time.time() + 40
seen = 0
for wanted, act in steps:
    while wanted.encode() not in shown[seen:] and time.time() < deadline and read(0.05):
        pass
    seen = len(shown)
    if act.startswith("!"):
        os.kill(child, getattr(signal, act[1:]))
    else:
        os.write(terminal, act.encode())
while time.time() < deadline and read(0.1):
    pass
echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
if time.time() >= deadline:
    os.kill(child, signal.SIGKILL)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps({"shown": shown.decode(), "echoes": echoes, "code": status}))
