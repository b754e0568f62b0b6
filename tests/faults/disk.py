# SPDX-License-Identifier: Apache-2.0
"""The disk fails at the n-th call of an operation, for every n up to its end."""
import contextlib
import time

import world
from kinds import KINDS
from world import Broken, Fault, Gone, Refused, demand

# A bug might make an operation write for ever.
CALLS_MAX = 1000


class Trouble:
    def __init__(self, name, what, action, error="EIO", lasting=False, calls=Fault.ALL, names=()):
        self.name, self.what, self.action, self.error, self.lasting, self.calls = name, what, action, error, lasting, calls
        self.names = (*names, "Unsure") if names else ()

    def arm(self, w, at):
        w.fault.arm(at, self.action, self.error, self.lasting, self.calls)

    @property
    def kills(self):
        return self.action in (Fault.KILL, Fault.KILL_AFTER)


# "names": how the vault may call it, once it gives up.
TROUBLES = {trouble.name: trouble for trouble in (
    Trouble("full", "the disk is full from then on", Fault.ERROR, "ENOSPC", True, Fault.ROOM, ("DiskFull",)),
    Trouble("read-only", "the disk is read-only from then on", Fault.ERROR, "EROFS", True, Fault.CHANGE, ("DiskFailed",)),
    Trouble("error", "one I/O error", Fault.ERROR, "EIO", False, names=("DiskFailed",)),
    Trouble("broken", "I/O errors from then on", Fault.ERROR, "EIO", True, names=("DiskFailed",)),
    Trouble("torn", "half a write, then the disk is full", Fault.TORN, "ENOSPC", True, Fault.WRITE, ("DiskFull",)),
    Trouble("short", "one write of half the bytes", Fault.SHORT, calls=Fault.WRITE),
    Trouble("killed", "killed before it", Fault.KILL),
    Trouble("killed-after", "killed after it", Fault.KILL_AFTER),
)}


class Count:
    def __init__(self, calls=0):
        self.calls, self.refused, self.borne, self.killed, self.seconds = calls, 0, 0, 0, 0.0


def ask(kind, trouble):
    """(answer or None, name of the refusal or None, whether the daemon is gone)"""
    try:
        return kind.operate(), None, False
    except Refused as refusal:
        demand(refusal.name in (*trouble.names, *kind.disk_names), f"it is called {refusal}")
        return None, refusal.name, False
    except Gone:
        demand(trouble.kills, "the daemon crashed")
        return None, None, True


def restart(w, kind):
    code = w.daemon.stop()
    demand(code == 0, f"the daemon ended with {code}")
    w.open()
    kind.login()


def try_once(w, kind, trouble, at, count):
    """FALSE when the operation ends before its @at-th call."""
    kind.prepare()
    trouble.arm(w, at)
    answer, refusal, is_gone = ask(kind, trouble)
    _, hits = w.fault.disarm()
    if is_gone:
        demand(w.daemon.wait() == -9, "the daemon crashed")
        w.open()
    w.wait_if_closed(trouble.names)
    kind.login()
    happened = kind.check(answer)
    demand(refusal in (None, "Unsure") or not happened, f"{refusal} was said of what has happened all the same")
    count.refused += refusal is not None
    count.killed += is_gone
    count.borne += answer is not None and hits > 0
    if hits > 0:
        kind.prepare()
        demand(kind.check(kind.operate()), "the retry did nothing")
        restart(w, kind)
    w.verify()
    return hits > 0


def run_kind(build, name, trouble, say):
    count = Count()
    with world.World(build) as w:
        kind = KINDS[name](w)
        w.make()
        kind.begin()
        at = 1
        while try_once_at(w, kind, name, trouble, at, count):
            at += 1
            if at % kind.rounds_per_vault == 0:
                # what it writes must not grow as fast as it is tried
                w.make()
                kind.pin = world.PIN
                kind.begin()
            demand(at < CALLS_MAX, f"{name} makes more than {CALLS_MAX} calls")
    demand(at > 1, f"{name} makes no call that could fail")
    count.calls = at - 1
    return count


@contextlib.contextmanager
def naming(name, trouble, at):
    try:
        yield
    except Exception as problem:
        raise Broken(f"{name}, {trouble.what}, call {at}: {type(problem).__name__}: {problem}") from problem


def try_once_at(w, kind, name, trouble, at, count):
    with naming(name, trouble, at):
        return try_once(w, kind, trouble, at, count)


# --- the daemon's own beginning and end ---


def start_once(w, kind, trouble, at, count):
    """Started after a crash, so that there is something to settle."""
    kind.prepare()
    demand(kind.check(kind.operate()), "it did nothing")
    w.daemon.kill()
    w.daemon.wait()
    trouble.arm(w, at)
    line = w.daemon.start()
    _, hits = w.fault.disarm()
    look_at_start(w, line, trouble, count, hits)
    kind.login()
    kind.check_numbers()
    kind.new_entries()
    w.verify()
    return hits > 0


def look_at_start(w, line, trouble, count, hits):
    """The daemon was started in trouble and said @line; leaves it running and open, without a new start where it lives."""
    if line.startswith("error "):
        name = line.split()[1]
        demand(name in trouble.names, f"it is called {line}")
        count.refused += 1
        w.open()
        return
    if line == "":
        demand(trouble.kills, "the daemon ended without a word")
        count.killed += 1
        w.open()
        return
    status = w.status()
    # what passes is tried again when somebody asks, though not at every call
    until = time.monotonic() + 20
    while status["state"] == "sealed" and time.monotonic() < until:
        demand(status["reason"] in trouble.names, f"it is sealed for {status['reason']}")
        time.sleep(0.2)
        status = w.status()
    demand(status["state"] == "open", f"the vault stays {status['state']}: {status['reason']}")
    count.borne += hits > 0


def stop_once(w, kind, trouble, at, count):
    kind.prepare()
    demand(kind.check(kind.operate()), "it did nothing")
    trouble.arm(w, at)
    code = w.daemon.stop()
    _, hits = w.fault.disarm()
    demand(code == 0 or (trouble.kills and code == -9), f"the daemon ended with {code}")
    count.killed += code == -9
    count.borne += code == 0 and hits > 0
    w.open()
    kind.login()
    kind.check_numbers()
    kind.new_entries()
    w.verify()
    return hits > 0


def run_life(build, name, trouble, say):
    once = {"start": start_once, "stop": stop_once}[name]
    count = Count()
    with world.World(build) as w:
        kind = KINDS["collect"](w)
        w.make()
        kind.begin()
        at = 1
        while True:
            with naming(name, trouble, at):
                if not once(w, kind, trouble, at, count):
                    break
            at += 1
    count.calls = at - 1
    return count


def init_once(w, trouble, at, count):
    w.forget()
    demand(w.daemon.start() == "ready", "the daemon did not start")
    trouble.arm(w, at)
    refusal = None
    try:
        w.init()
    except Refused as refused:
        refusal = refused.name
        demand(refusal in trouble.names, f"it is called {refused}")
    except Gone:
        demand(trouble.kills, "the daemon crashed")
        w.daemon.wait()
        count.killed += 1
    _, hits = w.fault.disarm()
    count.refused += refusal is not None
    if w.daemon.process is None:
        demand(w.daemon.start() == "ready", "the daemon did not start")
    state = w.status()["state"]
    demand(state == ("uninitialised" if refusal else state), f"a vault that was not made is {state}")
    if state == "uninitialised":
        w.init()
    else:
        demand(state == "open", f"the vault is {state}")
        count.borne += hits > 0 and not trouble.kills
    w.login()
    w.daemon.stop()
    w.open()
    w.login()
    w.verify()
    return hits > 0


def run_init(build, name, trouble, say):
    count = Count()
    with world.World(build) as w:
        at = 1
        while True:
            with naming(name, trouble, at):
                if not init_once(w, trouble, at, count):
                    break
            at += 1
    count.calls = at - 1
    return count


LIFE = {"start": ("the daemon starts, after a crash", run_life), "stop": ("the daemon ends", run_life), "init": ("a vault is made", run_init)}
OPERATIONS = {**{name: what for name, (what, _) in LIFE.items()}, **{name: kind.what for name, kind in KINDS.items() if kind.writes}}


def run(build, name, trouble_name, say=lambda text: None):
    began = time.monotonic()
    count = (LIFE[name][1] if name in LIFE else run_kind)(build, name, TROUBLES[trouble_name], say)
    count.seconds = time.monotonic() - began
    return count
