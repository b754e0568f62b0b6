#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The review, through the window: the same number under two people, and one number looked at. Program, vault and software TPM are real.

    tests/e2e/test-review.py BUILD [PICTURES]     with PICTURES: a picture of each screen of it goes there, in both languages
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402
import memory  # noqa: E402

ONE, OTHER = "見本 太郎", "見本 花子"
NUMBER = kiosk.NUMBERS["1001"]
GROUPS = [NUMBER[i:i + 4] for i in (0, 4, 8)]


def me(world):
    return "--admin", kiosk.ADMIN, "--pin-file", world.pin_file


def states(world):
    listed = world.ctl("--json", "people", "list", *me(world)).stdout
    return {person["name"]: person["state"] for person in map(json.loads, listed.splitlines())}


def entries(world, action):
    listed = world.ctl("--json", "log", *me(world)).stdout
    return [entry for entry in map(json.loads, listed.splitlines()) if entry["action"] == action]


def set_up(world):
    """Somebody put the same card on the glass twice, once as somebody else."""
    world.set_up_vault()
    for code, birth in (("1001", "1980-04-01"), ("1002", "1991-12-24")):
        world.draw(code, "card-back", ONE, "1980-04-01", NUMBER)
        world.collect(code, birth)


def the_same_number(k, world, picture):
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    k.click("_Review")
    k.wait_text(OTHER, exact=False)
    k.wait("Same number", exact=False)
    k.click_text(k.t("Show the record of %s") % ONE)
    k.wait_text(k.t("The same number as\n%s").split("\n")[0], exact=False)
    picture("review-duplicate")
    k.click("_Approve")
    k.wait("Somebody else has the same number, so one of the two is wrong. Please ask one of them again. If both are the same human being, "
           "give both the same name and birth date on the roster.", exact=False)
    picture("review-duplicate-refused")
    assert states(world)[ONE] == "collected", "a number that two people have was approved"


def one_number(k, world, picture):
    assert not any(group in k.everything() for group in GROUPS), "the number is there before it was asked for"
    k.tab_to("Sho_w it")  # scrolls there, for the picture
    k.click("Sho_w it")
    kiosk.wait_for("the number", lambda: all(group in k.everything() for group in GROUPS), 20)
    assert NUMBER not in k.everything()
    picture("review-number")
    assert len(entries(world, "revealed")) == 1
    kiosk.wait_for("its end", lambda: not any(group in k.everything() for group in GROUPS), 20)
    picture("review-number-gone")


def nothing_stays(k, world, picture):
    k.click("_Log out")
    k.wait("_Employee", seconds=60)
    if memory.readable(k.process.pid):
        memory.assert_none(k.process.pid, "a number", memory.forms(NUMBER))


TESTS = [the_same_number, one_number, nothing_stays]


if __name__ == "__main__":
    drive.main("review", TESTS, set_up)
