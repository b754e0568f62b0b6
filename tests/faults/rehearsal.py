# SPDX-License-Identifier: Apache-2.0
"""A real chip, rehearsed: so many milliseconds are added to each TPM command while the kiosk is used in its real window.

A library preloaded into the kiosk tells how long its main loop was away from what came in (stall.c). Beside that: which waits had words."""
import os
import pathlib
import sys
import time

import world

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import kiosk  # noqa: E402

PATIENCE_S = 240
# stall.c tells of nothing shorter
NOTICED_MS = 40
WAIT_WORDS = "Please wait a moment."


class Rehearsal(kiosk.World):
    """The e2e tests' world with our chip in the place of swtpm."""

    def __init__(self, build, delay_ms):
        super().__init__(build)
        self.delay_ms = delay_ms
        folder = pathlib.Path(self.dir)
        self.chip = world.Chip(pathlib.Path(build).resolve(), folder)
        programs = folder / "programs"
        programs.mkdir()
        (programs / "swtpm").symlink_to(pathlib.Path(build).resolve() / "tests/faults/chip")
        self.stalls = folder / "stalls"
        self.chip.start()  # before our "swtpm" is in its way
        self.path = os.environ["PATH"]
        os.environ.update(PATH=f"{programs}:{self.path}", AZUKARI_CHIP=str(self.chip.socket), STALL_PROGRAM="azukari",
                          STALL_FILE=str(self.stalls))

    def close(self):
        os.environ["PATH"] = self.path
        self.chip.stop()
        super().close()


class Stall:
    def __init__(self, line):
        self.at_ms, self.away_ms, self.computed_ms, self.queued_ms = (float(number) for number in line.split())

    @property
    def own_ms(self):
        """Without what others had the cores for."""
        return max(0.0, self.away_ms - self.queued_ms)


class Step:
    def __init__(self, name, seconds, commands, stalls, words_s):
        self.name, self.seconds, self.commands, self.stalls, self.words_s = name, seconds, commands, stalls, words_s


class Visit:
    """Does each step and notes how long it took, how many TPM commands it cost, and when words asked to wait."""

    def __init__(self, w):
        self.w, self.steps = w, []
        os.environ["LD_PRELOAD"] = str(pathlib.Path(w.build) / "tests/faults/libstall.so")
        self.k = kiosk.Kiosk(w, "en", ())
        del os.environ["LD_PRELOAD"]

    def step(self, name, act, until):
        """@act begins it, @until waits for its end."""
        self.w.chip.tell("plan 0")
        stalls_before = len(self.stalls())
        began = time.monotonic()
        act()
        acted = time.monotonic()
        said = []

        def done():
            if not said and self.k.has(WAIT_WORDS):
                said.append(time.monotonic() - acted)
            return until()

        kiosk.wait_for(name, done, PATIENCE_S)
        commands, _ = self.w.chip.tell("count")
        self.steps.append(Step(name, time.monotonic() - began, commands, self.stalls()[stalls_before:], said[0] if said else None))

    def stalls(self):
        if not self.w.stalls.exists():
            return []
        return [Stall(line) for line in self.w.stalls.read_text().splitlines()]


def walk_through(v):
    k, w = v.k, v.w
    shown = lambda text, exact=True: lambda: k.find(k.t(text), None, exact)  # noqa: E731
    v.step("the window opens the vault", lambda: None, shown("Your My Number, kept safe"))
    k.click("_Employee")
    k.type("Employee _code", "1001")
    k.type("_Birth date (eight digits)", "19800401")
    v.step("who are you", lambda: k.click("_Next"), shown("What your number is used for"))
    v.step("agreeing", lambda: k.click("I _agree"), shown("Put your card on the scanner"))
    v.step("scanning and reading", lambda: k.click("_Scan"), shown("Is this your number?"))
    v.step("saving the number", lambda: k.click("_Yes, this is my number"), shown("Stored safely. Anyone else?"))
    v.step("finishing", lambda: k.click("_Finish"), shown("Thank you. Your number is in custody."))
    v.step("back to the start", lambda: k.click("_Close"), shown("Your My Number, kept safe"))
    k.click("_Administration")
    k.wait("For the persons in charge only.")
    k.type("_PIN", "88888888")
    v.step("a wrong PIN", lambda: k.click("_Open"), shown("The PIN is wrong.", False))
    k.type("_PIN", kiosk.PIN)
    v.step("admin log-in", lambda: k.click("_Open"), shown("Who has handed in a number"))
    v.step("the list to review", lambda: k.click("_Review"), shown("_Approve"))
    v.step("approving", lambda: k.click("_Approve"), shown("Nothing waits for review."))
    k.click("_Export")
    k.type("_Handed to", "payroll")
    v.step("export", lambda: k.click("_Write the file"), shown("SHA-256", False))
    v.step("the record", lambda: k.click("Re_cord"), shown("_Verify"))
    v.step("verify", lambda: k.click("_Verify"), shown("The record is whole and unaltered.", False))
    v.step("log-out", lambda: k.click("_Log out"), shown("Your My Number, kept safe"))
    assert len(os.listdir(w.exports)) == 1


def run(build, delay_ms):
    """The steps of a visit, a log-in, an export and the log-out."""
    w = Rehearsal(build, delay_ms)
    try:
        w.draw_cards()
        w.set_up_vault()
        kiosk.wait_for("the end of the daemon that set it up", lambda: not os.path.exists(os.path.join(w.vault, "vaultd.sock")), PATIENCE_S)
        w.chip.tell(f"delay {delay_ms}")
        v = Visit(w)
        try:
            walk_through(v)
        finally:
            w.chip.tell("delay 0")
            v.k.close()
        return v.steps
    finally:
        w.close()
