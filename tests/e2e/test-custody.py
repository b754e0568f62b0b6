#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a 責任者 sees to, through the window: a vault that closes while they are in. Program, vault and software TPM are real.

    tests/e2e/test-custody.py BUILD [PICTURES]     as drive.py says
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402

SECOND = "見本 次席"


def me(world):
    return "--admin", kiosk.ADMIN, "--pin-file", world.pin_file


def set_up(world):
    world.set_up_vault()
    world.ctl("admins", "add", "--name", SECOND, "--role", "chief", "--new-pin-file", world.pin_file, *me(world))


def flip(world):
    """One bit of a page that holds an empty table's index: the file is not as it was written, and all that is shown is still there."""
    with open(os.path.join(world.vault, "vault.db"), "r+b") as file:
        file.seek(9 * 4096 + 2000)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def found_while_somebody_is_in(k, world, picture):
    k.log_in(1, kiosk.PIN)
    k.click("Re_cord")
    k.wait_text(k.t("Admin logged in"), exact=False)
    flip(world)
    k.click("_Verify")
    k.wait("The vault is closed", seconds=60)
    k.wait("A page of the database is not as it was written", seconds=60)
    picture("sealed-while-in")
    words = k.everything()
    assert k.t("Every page of the database is as it was written") not in words, "what is wrong is said to be right"
    assert k.t("This needs the PIN of somebody who may do it.") not in words
    assert k.has("The record's chain is unbroken") and not k.can_click("Hand out")
    for msgid in ("_People", "_Review", "_Export", "_Disposal", "_Safety"):
        assert not k.has(msgid), f"{msgid} is offered though the vault has closed"
    flip(world)
    k.log_in(1, kiosk.PIN, "Log in")  # everybody was logged out
    k.wait("Hand out", seconds=60)
    assert k.has("The vault is closed") and k.has("Go on with it as it is")
    picture("sealed-again-in")
    world.ctl("accept", "--yes", *me(world))
    k.click("_Log out")
    k.wait("_Employee", seconds=60)


TESTS = [found_while_somebody_is_in]


if __name__ == "__main__":
    drive.main("custody", TESTS, set_up)
