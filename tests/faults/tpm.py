# SPDX-License-Identifier: Apache-2.0
"""The TPM fails at the n-th command of an operation, for every n up to its end."""
import subprocess
import time

import world
from disk import naming
from kinds import KINDS
from world import Broken, Gone, Refused, demand

COMMANDS_MAX = 400
# VAULT_COUNTER_STRIDE
STRIDE = 16


class Trouble:
    """@plan: as chip.c takes it. @names: how the vault may call it. @passes: the vault may do without the answer, or wait for it."""

    def __init__(self, name, what, plan, names):
        self.name, self.what, self.plan, self.names = name, what, plan, (*names, "Unsure") if "NoTpm" in names else names


TROUBLES = {trouble.name: trouble for trouble in (
    Trouble("gone", "the TPM is gone before it", "gone", ("NoTpm",)),
    Trouble("lost", "the TPM is gone after it was carried out", "lost", ("NoTpm",)),
    Trouble("hang", "it is never answered", "hang", ("NoTpm",)),
    Trouble("retry", "TPM_RC_RETRY, once", "code 922", ()),
    Trouble("nv-rate", "TPM_RC_NV_RATE, once", "code 920", ()),
    Trouble("failure", "TPM_RC_FAILURE from then on", "codes 101", ("NoTpm",)),
    Trouble("lockout", "TPM_RC_LOCKOUT, once", "code 921", ("LockedOut",)),
    Trouble("memory", "TPM_RC_OBJECT_MEMORY, once", "code 902", ("Failed",)),
    # "lock": what verify finds
    Trouble("cleared", "the TPM is cleared before it", "clear", ("lock", "TpmCleared", "Failed", "KeysetDamaged", "WrongPin", "Unsure")),
)}


class Count:
    def __init__(self):
        self.commands, self.refused, self.borne, self.seconds = 0, 0, 0, 0.0


def patiently(what, function):
    """function () until the vault has found its TPM again."""
    until = time.monotonic() + world.PATIENCE_S
    while True:
        try:
            return function()
        except Refused as refusal:
            if refusal.name != "NoTpm" or time.monotonic() > until:
                raise Broken(f"{what}: {refusal}") from None
            time.sleep(0.2)


def wait_open(w):
    until = time.monotonic() + world.PATIENCE_S
    while True:
        status = w.status()
        if status["state"] == "open":
            return
        demand(status["reason"] in ("NoTpm", "LockedOut", "Failed"), f"the vault is {status['state']}: {status['reason']}")
        demand(time.monotonic() < until, f"the vault stays {status['state']}: {status['reason']}")
        time.sleep(0.2)


def operate(kind, trouble):
    """(answer or None, refusal's name or None)"""
    try:
        return kind.operate(), None
    except Refused as refusal:
        demand(refusal.name in trouble.names, f"it is called {refusal}")
        return None, refusal.name
    except Gone:
        raise Broken("the daemon crashed") from None


def make_raise_due(w, kind):
    """The state counter is raised at every 16th entry of the record only: the next one is it, or the TPM would have nothing to do."""
    note = ("Note", "(sss)", kind.people[0], "asked", "later")
    w.settle()
    for _ in range(2 * STRIDE):
        w.chip.plan(0, "gone")
        w.daemon.call(*note)
        w.settle()
        if w.chip.tell("count")[0] > 0:
            break
    else:
        raise Broken("the state counter is never raised")
    for _ in range(STRIDE - 1):
        w.daemon.call(*note)
    w.settle()


def try_once(w, kind, trouble, at, count):
    """FALSE when the operation ends before its @at-th command."""
    kind.prepare()
    make_raise_due(w, kind)
    w.chip.plan(at, trouble.plan)
    answer, refusal = operate(kind, trouble)
    w.settle()
    _, hits = w.chip.tell("count")
    w.chip.tell("back")
    w.wait_if_closed(trouble.names)
    patiently("log-in", kind.login)
    happened = kind.check(answer)
    demand(refusal in (None, "Unsure") or not happened, f"{refusal} was said of what has happened all the same")
    count.refused += refusal is not None
    count.borne += answer is not None and hits > 0
    if hits > 0:
        kind.prepare()
        demand(kind.check(patiently("retry", kind.operate)), "the retry did nothing")
        code = w.daemon.stop()
        demand(code == 0, f"the daemon ended with {code}")
        w.open()
        kind.login()
    w.verify()
    return hits > 0


def clear_once(w, kind, trouble, at, count):
    """Nothing is left to retry with: the vault must say so, now or at its next start, and take nothing more."""
    w.put_back("template")
    w.open()
    kind.login()
    kind.begin()
    kind.prepare()
    make_raise_due(w, kind)
    w.chip.plan(at, trouble.plan)
    _, refusal = operate(kind, trouble)
    w.settle()
    _, hits = w.chip.tell("count")
    w.chip.tell("back")
    count.refused += refusal is not None
    w.daemon.stop()
    if hits > 0:
        demand(w.daemon.start() == "ready", "the daemon did not start")
        status = w.status()
        demand((status["state"], status["reason"]) == ("sealed", "TpmCleared"), f"the vault is {status['state']}: {status['reason']}")
        try:
            w.login()
        except Refused as refused:
            demand(refused.name == "TpmCleared", f"log-in: {refused}")
    return hits > 0


def run_kind(build, name, trouble):
    count, at = Count(), 1
    with world.World(build, poll_ms=300) as w:
        kind = KINDS[name](w)
        w.make()
        if trouble.plan == "clear":
            w.daemon.stop()
            w.keep("template")
        else:
            kind.begin()
        once = clear_once if trouble.plan == "clear" else try_once
        while True:
            with naming(name, trouble, at):
                if not once(w, kind, trouble, at, count):
                    break
            at += 1
            demand(at < COMMANDS_MAX, f"{name} sends more than {COMMANDS_MAX} commands")
    count.commands = at - 1
    return count


def start_once(w, kind, trouble, at, count):
    w.daemon.stop()
    w.chip.plan(at, trouble.plan)
    demand(w.daemon.start() == "ready", "the daemon did not start")
    status = w.status()
    _, hits = w.chip.tell("count")
    w.chip.tell("back")
    if status["state"] == "sealed":
        demand(status["reason"] in trouble.names, f"the vault is sealed for {status['reason']}")
        count.refused += 1
    else:
        count.borne += hits > 0
    wait_open(w)
    patiently("log-in", kind.login)
    kind.prepare()
    demand(kind.check(patiently("retry", kind.operate)), "it did nothing")
    w.verify()
    return hits > 0


def run_start(build, name, trouble):
    count, at = Count(), 1
    with world.World(build, poll_ms=300) as w:
        kind = KINDS["collect"](w)
        w.make()
        kind.begin()
        while True:
            with naming(name, trouble, at):
                if not start_once(w, kind, trouble, at, count):
                    break
            at += 1
    count.commands = at - 1
    return count


OPERATIONS = {"start": "the daemon starts", **{name: kind.what for name, kind in KINDS.items()}}


def slow(build, delay_ms):
    """(what, TPM commands, seconds) of azukarictl's verbs, from a cold start, with so much added to each command."""
    with world.World(build, slow_pin=True) as w:
        pin, new_pin = w.folder / "pin", w.folder / "new-pin"
        for path, text in ((pin, world.PIN), (new_pin, b"mihon-5938-b")):
            path.write_bytes(text + b"\n")
            path.chmod(0o600)
        who = ["--admin", world.CHIEF, "--pin-file", str(pin)]
        verbs = [("init", ["init", "--provider", "swtpm", "--company", world.COMPANY, *who]), ("status", ["status"]),
                 ("people list", ["people", "list", *who]),
                 ("log", ["log", *who]), ("verify", ["verify"]),
                 ("admins change-pin", ["admins", "change-pin", *who, "--new-pin-file", str(new_pin)])]
        for name, arguments in verbs:
            w.chip.tell(f"delay {delay_ms}")
            w.chip.tell("plan 0")
            began = time.monotonic()
            done = subprocess.run([w.build / "app/ctl/azukarictl", "--vault", w.vault, *arguments], env=w.environment(), capture_output=True, text=True)
            seconds = time.monotonic() - began
            commands, _ = w.chip.tell("count")
            w.chip.tell("delay 0")
            demand(done.returncode == 0, f"{name}: {done.stderr.strip()[-200:]}")
            yield name, commands, seconds


def run(build, name, trouble_name):
    began = time.monotonic()
    count = (run_start if name == "start" else run_kind)(build, name, TROUBLES[trouble_name])
    count.seconds = time.monotonic() - began
    return count
