#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Takes the kiosk through every screen and makes a picture of each.

    tests/e2e/tour.py --build BUILD --out DIR [--lang ja|en] [--size 1280x800]
"""
import argparse
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kiosk  # noqa: E402


class Tour:
    def __init__(self, screens, out, prefix):
        self.screens, self.out, self.prefix, self.n = screens, out, prefix, 0

    def shot(self, name):
        self.n += 1
        path = os.path.join(self.out, f"{self.prefix}-{self.n:02d}-{name}.png")
        self.screens.picture(path)
        print(path, flush=True)


def employee(k, shot):
    k.wait("_Employee")
    shot("start")
    k.click("_Help")
    k.wait("_Close")
    shot("help")
    k.click("_Close")
    k.click("_Employee")
    k.wait("Who are you?")
    shot("who")
    k.type("Employee _code", "1001")
    k.type("_Birth date (eight digits)", "19990101")
    k.click("_Next")
    k.wait("We could not find you with this code and birth date. Please check both, or ask for help.")
    shot("who-not-found")
    k.type("_Birth date (eight digits)", "19800401")
    k.click("Letters")
    shot("who-letters")
    k.click("_Next")
    k.wait("What your number is used for")
    shot("purpose")
    k.click("I _agree")
    k.wait("Put your card on the scanner")
    shot("place")
    k.click("Notification card")
    shot("place-notification")
    k.click("_Scan")
    k.wait("Reading your card")
    time.sleep(1.2)
    shot("scan")
    k.wait("Is this your number?", seconds=60)
    shot("confirm")
    k.click("_Yes, this is my number")
    k.wait("Stored safely. Anyone else?")
    shot("family")
    k.click("_Finish")
    k.wait("Thank you. Your number is in custody.")
    shot("done")
    k.click("_Close")


# Drawn documents that prove no number, each with a refusal of its own.
REFUSED = ("card-front", "insurance-card", "resident-record", "application-form", "notice", "card-sleeve", "two-cards", "blank")


def problems(k, shot):
    k.click("_Employee")
    k.type("Employee _code", "1002")
    k.type("_Birth date (eight digits)", "19911224")
    k.click("_Next")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("_Try again", seconds=60)
    shot("refused-document")
    for kind in REFUSED:
        k.click("_Try again")
        k.world.draw("1002", kind, "見本 花子", "1991-12-24")
        k.click("_Scan")
        k.wait("_Try again", seconds=60)
        shot("refused-" + kind)
    k.click("Ca_ncel")
    k.click("_Employee")
    k.type("Employee _code", "1003")
    k.type("_Birth date (eight digits)", "19750707")
    k.click("_Next")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("_Try again", seconds=60)
    shot("no-card")
    k.click("_Back")
    k.wait("Put your card on the scanner")
    k.click("_Back")
    k.click("I do _not agree")
    k.wait("Understood. Nothing was taken.")
    shot("not-agreed")
    k.click("_Close")


def contractor(k, shot):
    k.click("_Contractor")
    k.wait("Please call an attendant")
    shot("attendant")
    k.type("_PIN", "00000000")
    k.click("_Open")
    k.wait("The PIN is wrong.", exact=False, seconds=60) if k.lang == "en" else time.sleep(4)
    shot("attendant-wrong-pin")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Which contractor?", seconds=60)
    shot("contractor")
    k.click("_New contractor")
    k.wait("_Reading in katakana")
    k.type("N_ame", "例示 六郎")
    k.type("_Birth date (eight digits)", "19700707")
    shot("contractor-new")
    k.click("_List")
    k.click_text(k.t("Choose %s") % "例示 五郎")
    k.wait("Which identity documents did you see?")
    k.click("One document with a photo")
    shot("identity")
    k.click("_I have seen them")
    k.wait("What your number is used for")
    shot("contractor-purpose")
    k.click("I _agree")
    k.click("_Scan")
    k.wait("Is this your number?", seconds=60)
    k.click("_Yes, this is my number")
    k.wait("Thank you. Your number is in custody.")
    k.click("_Close")


def admin(k, shot):
    k.click("_Administration")
    k.wait("For the persons in charge only.")
    shot("admin-pin")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    time.sleep(0.5)
    shot("admin-people")
    k.click("_Review")
    k.wait("Review and approve")
    k.wait("_Approve")
    shot("admin-review")
    k.click("_Approve")
    k.wait("Approved.")
    shot("admin-approved")
    k.click("_Export")
    k.wait("_Handed to")
    k.type("_Handed to", "給与計算" if k.lang == "ja" else "payroll")
    shot("admin-export")
    k.click("_Write the file")
    k.wait("SHA-256", exact=False)
    shot("admin-exported")
    k.click("I have _noted it")
    k.click("Re_cord")
    k.click("_Verify")
    k.wait("The record is whole and unaltered.", exact=False, seconds=60)
    shot("admin-record")
    k.click("_Log out")
    k.wait("_Employee")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="the build folder")
    parser.add_argument("--out", required=True, help="where the pictures go")
    parser.add_argument("--lang", default="ja", choices=["ja", "en"])
    parser.add_argument("--size", default="1280x800")
    options = parser.parse_args()
    kiosk.enter_session(options.size)
    os.makedirs(options.out, exist_ok=True)
    world = kiosk.World(options.build)
    try:
        world.draw_cards()
        world.set_up_vault()
        k = kiosk.Kiosk(world, options.lang, ["--demo"])
        try:
            tour = Tour(k, options.out, f"{options.lang}-{options.size}")
            for part in (employee, problems, contractor, admin):
                part(k, tour.shot)
        finally:
            k.close()
        closed_vault(world, options, tour)
    finally:
        world.close()


def closed_vault(world, options, tour):
    """The page for a vault that cannot be opened: here, none has been set up."""
    world.vault = os.path.join(world.dir, "nothing-here")
    os.mkdir(world.vault, 0o700)
    k = kiosk.Kiosk(world, options.lang, ["--demo"])
    try:
        tour.screens = k
        k.wait("This kiosk cannot serve at the moment", seconds=60)
        tour.shot("no-vault")
    finally:
        k.close()


if __name__ == "__main__":
    main()
