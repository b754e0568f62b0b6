# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at a random moment of an operation, again and again."""
import random
import statistics
import threading
import time

import world
from kinds import KINDS
from world import Broken, Gone, demand

# Kills are spread over the time that an operation takes, and a bit more.
MARGIN = 1.15
TRIALS = 7


class Count:
    """What came of a kind's kills."""

    def __init__(self, kind):
        self.kind, self.kills, self.inside, self.happened, self.typical_ms = kind, 0, 0, 0, 0.0
        self.seconds = 0.0


def reopen(w, kind):
    w.open()
    kind.login()


def renew(w, kind):
    w.make()
    kind.pin = world.PIN
    kind.begin()


def measure(w, kind, trials):
    """Seconds that one operation takes, undisturbed."""
    took = []
    for _ in range(trials):
        kind.prepare()
        began = time.monotonic()
        answer = kind.operate()
        took.append(time.monotonic() - began)
        kind.check(answer)
    return statistics.median(took)


def operate_and_kill(w, kind, after_s, power):
    """(what the operation answered or None, whether it was under way when the daemon was killed)"""
    begun, done = threading.Event(), threading.Event()
    inside = []

    def kill():
        begun.wait()
        # sleep () alone wakes too late for a call of some milliseconds
        until = time.monotonic() + after_s
        time.sleep(max(0, after_s - 0.001))
        while time.monotonic() < until:
            pass
        inside.append(not done.is_set())
        w.daemon.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    answer = None
    begun.set()
    try:
        answer = kind.operate()
        done.set()
    except Gone:
        pass
    thread.join()
    demand(w.daemon.wait() == -9, "the daemon ended by itself")
    if power:
        w.chip.tell("power")
    return answer, inside[0]


def run(build, name, count, seed, power=False, say=lambda text: None, trials=TRIALS):
    """@count kills of @name. Broken with the round's number when the vault does not stand one."""
    dice, result = random.Random(f"{seed}/{name}/{power}"), Count(name)
    began = time.monotonic()
    with world.World(build) as w:
        kind = KINDS[name](w)
        renew(w, kind)
        typical_s = measure(w, kind, trials)
        result.typical_ms = typical_s * 1000
        for i in range(count):
            if i % kind.rounds_per_vault == kind.rounds_per_vault - 1:
                w.verify()
                renew(w, kind)
            kind.prepare()
            # one part of the time for each round, in an order of its own
            part = (i * 0.6180339887 + dice.random() / count) % 1.0
            after_s = part * typical_s * MARGIN
            try:
                answer, inside = operate_and_kill(w, kind, after_s, power)
                reopen(w, kind)
                happened = kind.check(answer)
                w.verify()
            except Exception as problem:
                raise Broken(f"{name}, kill {i + 1} of {count}, {after_s * 1000:.2f} ms into {result.typical_ms:.1f} ms, seed {seed}: "
                             f"{type(problem).__name__}: {problem}") from problem
            result.kills += 1
            result.inside += inside
            result.happened += happened and answer is None
            if i % 100 == 99:
                say(f"{name}{' with the power' if power else ''}: {i + 1} kills")
    result.seconds = time.monotonic() - began
    return result
