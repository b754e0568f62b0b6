#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What a 責任者 sees to, through the window: backups, their places and what they bring back; how long numbers are kept; a vault that closes while they are in. Program,
vault and software TPM are real.

    tests/e2e/test-custody.py BUILD [PICTURES]     as drive.py says
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402

SECOND = "見本 次席"
TARO, SABURO, NEW = "見本 太郎", "例示 三郎", "例示 四郎"
REFUSED = ("This folder cannot take backups: it is a place for them already, it belongs to the vault itself, or eight places are registered. "
           "Please choose another one.")
DAMAGED = "This backup is damaged or incomplete. Nothing was changed; please choose another one."
TAX = "Income tax and resident tax"
DECIDE = "As the responsible person I decide that this is brought back"


def me(world):
    return "--admin", kiosk.ADMIN, "--pin-file", world.pin_file


def people(world):
    listed = world.ctl("--json", "people", "list", *me(world)).stdout
    return {person["name"]: person for person in map(json.loads, listed.splitlines())}


def actions(world):
    listed = world.ctl("--json", "log", *me(world)).stdout
    return [json.loads(line)["action"] for line in listed.splitlines()]


def set_up(world):
    world.set_up_vault()
    world.draw("1001", "card-back", TARO, "1980-04-01", kiosk.NUMBERS["1001"])
    world.collect("1001", "1980-04-01")
    world.place = os.path.join(world.dir, "backups")
    os.mkdir(world.place, 0o700)
    world.ctl("admins", "add", "--name", SECOND, "--role", "chief", "--new-pin-file", world.pin_file, *me(world))


def counted(k, *counts):
    sentence = k.t("People: %u come back, %u change, %u go, %u stay as they are. Numbers: %u come back, %u go.\n")
    return sentence.strip().replace("%u", "{}").format(*counts)


def a_place_is_registered(k, world, picture):
    k.log_in(1, kiosk.PIN)
    k.click("_Backups")
    k.wait("No place for backups is registered: nothing is backed up. Please register a disk or a USB stick.")
    k.wait("There is no backup yet.")
    assert not k.has("Back up _now") and not k.has("_Try them out"), "there is nowhere to back up to"
    picture("backups-none")
    k.click("_Register a place")
    k.choose_path("Folder for backups", world.vault)
    k.wait(REFUSED)
    picture("backups-refused")
    k.click("_Register a place")
    k.choose_path("Folder for backups", world.place)
    k.wait("The place is registered. Backups go there each night; you can make a first one now.")
    k.wait_text(world.place, exact=False)
    assert "backup-place-added" in actions(world)


def a_backup_is_made(k, world, picture):
    k.click("Back up _now")
    k.wait("The backup was made, read back and checked.", exact=False, seconds=60)
    k.wait("Checked when made")
    picture("backups-made")
    assert any(name.endswith(".azb") for name in os.listdir(world.place))


def they_are_tried(k, world, picture):
    k.click("_Try them out")
    k.wait("Every backup opens on this machine and fits this vault.", seconds=60)
    k.wait("Opens")
    assert "backup-drill" in actions(world)
    picture("backups-tried")


def bring_back(k):
    """What the newest backup holds."""
    name = max(k.t("Bring back what the backup of %s holds").split("%s"), key=len)
    k.click_text(k.wait_text(name, kiosk.BUTTON_ROLES, exact=False).get_name())


def change_everything(world):
    """Somebody comes, somebody leaves, a number is asked for again."""
    world.ctl("people", "add", "--kind", "employee", "--code", "1004", "--name", NEW, "--kana", "レイジ シロウ", "--birth-date", "1988-08-08", *me(world))
    world.ctl("people", "leave", "--code", "1003", "--date", "2020-03-31", *me(world))
    record = people(world)[TARO]["record"]
    world.ctl("review", "ask-again", record, *me(world))


def what_would_come_back(k, world, picture):
    change_everything(world)
    assert people(world)[TARO]["state"] == "none"
    bring_back(k)
    k.wait("Only this person", seconds=60)
    k.wait_text(counted(k, 0, 2, 1, 3, 1, 0), exact=False)
    words = k.everything()
    assert TARO in words and SABURO in words and NEW in words and "見本 花子" not in words
    assert k.t("the number comes back") in words and k.t("goes") in words
    assert not k.has_text(k.t("Bring back only %s") % NEW), "who is not in the backup cannot be brought back from it"
    assert not k.can_click("Bring _this back"), "nobody has decided yet"
    picture("backups-preview")
    assert people(world)[TARO]["state"] == "none", "a look has changed something"


def one_person_comes_back(k, world, picture):
    k.click_text(k.t("Bring back only %s") % TARO)
    k.wait_text(counted(k, 0, 1, 0, 0, 1, 0), exact=False, seconds=60)
    assert SABURO not in k.everything()
    picture("backups-preview-one")
    k.tick(k.t(DECIDE))
    k.click("Bring _this back")
    k.wait("Restored. The record says so.", exact=False, seconds=60)
    picture("backups-restored")
    now = people(world)
    assert now[TARO]["state"] == "collected" and NEW in now and now[SABURO]["left"] == "2020-03-31"
    assert actions(world).count("restored") == 1


def what_changed_since_is_shown_again(k, world, picture):
    """What is decided is what was on the screen."""
    bring_back(k)
    k.wait_text(counted(k, 0, 1, 1, 4, 0, 0), exact=False, seconds=60)
    world.ctl("people", "leave", "--code", "1002", "--date", "2021-03-31", *me(world))
    k.tick(k.t(DECIDE))
    k.click("Bring _this back")
    k.wait("The vault or the backup has changed since you looked. Please look at it once more.", seconds=60)
    k.wait_text(counted(k, 0, 2, 1, 3, 0, 0), exact=False)
    picture("backups-changed-since")
    assert NEW in people(world), "it went without a decision"


def everybody_comes_back(k, world, picture):
    k.tick(k.t(DECIDE))
    k.click("Bring _this back")
    k.wait("Restored. The record says so.", exact=False, seconds=60)
    now = people(world)
    assert NEW not in now and now[SABURO]["left"] == "" and now["見本 花子"]["left"] == "" and now[TARO]["state"] == "collected"
    bring_back(k)
    k.wait("Nothing would change.", exact=False, seconds=60)
    assert not k.has("Bring _this back"), "there is nothing to decide"
    picture("backups-nothing")
    k.click("_Back")


def one_is_damaged(k, world, picture):
    for name in os.listdir(world.place):
        if name.endswith(".azb"):
            with open(os.path.join(world.place, name), "r+b") as file:
                file.seek(-100, os.SEEK_END)
                byte = file.read(1)[0]
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte ^ 1]))
    k.click("_Try them out")
    k.wait("Does not open", seconds=60)
    k.wait(DAMAGED, exact=False)
    picture("backups-damaged")
    bring_back(k)
    k.wait(DAMAGED, seconds=60)
    k.wait("Does not open")
    os.rename(world.place, world.place + ".pulled")
    k.click("Back up _now")
    k.wait("The place for backups cannot be found or written to. Please plug the disk or stick in, or check its folder.", exact=False,
           seconds=60)
    k.wait("Not there")
    picture("backups-away")
    os.rename(world.place + ".pulled", world.place)


def the_place_is_removed(k, world, picture):
    k.click_text(k.t("No longer back up to %s") % world.place)
    k.wait("No longer back up there?")
    assert not k.can_click("_Remove the place")
    picture("backups-remove")
    k.click("_Back")
    k.wait_text(world.place, exact=False)
    k.click_text(k.t("No longer back up to %s") % world.place)
    k.tick(k.t("As the responsible person I decide that no backups go there any more"))
    k.click("_Remove the place")
    k.wait("No backups are made there any more. Those that are there were left.", seconds=60)
    k.wait("There is no backup yet.")
    assert "backup-place-removed" in actions(world) and any(name.endswith(".azb") for name in os.listdir(world.place))
    k.click("_Log out")
    k.wait("_Employee")


def change_rule(k, years, earlier):
    k.click_text(k.t("Change the time for %s") % k.t(TAX))
    k.wait("_Look at what that changes")
    k.type("_Years", years)
    if earlier:  # the arrows choose in such a group
        k.tab_to("from 10 January after the year of leaving")
        k.press("Up")
        k.pause()
    k.click("_Look at what that changes")
    k.wait("As the responsible person I decide that numbers are kept for this time")


def rule_of_tax(world):
    rules = [json.loads(line) for line in world.ctl("--json", "dispose", "rules", *me(world)).stdout.splitlines()]
    return next((rule["years"], rule["anchor"]) for rule in rules if rule["purpose"] == "tax")


def how_long_numbers_are_kept(k, world, picture):
    world.ctl("people", "leave", "--code", "1001", "--date", "2015-03-31", *me(world))
    k.log_in(1, kiosk.PIN)
    k.click("_Disposal")
    k.wait_text(TARO, exact=False)
    k.click("_Retention periods")
    k.wait_text(k.t("Change the time for %s") % k.t(TAX))
    picture("retention")
    change_rule(k, "50", True)
    k.wait_text(k.texts.ngettext("%s%u number that is due today is kept on.", "%s%u numbers that are due today are kept on.", 1) % ("", 1))
    k.wait("is kept on")
    assert TARO in k.everything() and not k.can_click("_Change the time")
    picture("retention-kept")
    k.click("_Back")
    k.wait_text(k.t("Change the time for %s") % k.t(TAX))
    assert rule_of_tax(world) == (7, "january-10"), "it was changed without a decision"


def a_longer_time(k, world, picture):
    change_rule(k, "50", True)
    k.tick(k.t("As the responsible person I decide that numbers are kept for this time"))
    k.click("_Change the time")
    k.wait("The time was changed. The record says so.")
    assert rule_of_tax(world) == (50, "year-end") and "retention-changed" in actions(world)
    k.wait_text(k.t("%1$s: %2$u years from the end of the year of leaving").replace("%1$s", k.t(TAX)).replace("%2$u", "50"), exact=False)
    picture("retention-changed")


def a_shorter_time(k, world, picture):
    change_rule(k, "7", False)
    k.wait_text(k.texts.ngettext("%u number becomes due at once.", "%u numbers become due at once.", 1) % 1, exact=False)
    k.wait("becomes due")
    k.wait("What is due is not destroyed by itself: you decide that under “Disposal”.")
    assert TARO in k.everything() and "見本 花子" not in k.everything()
    picture("retention-due")
    k.tick(k.t("As the responsible person I decide that numbers are kept for this time"))
    k.click("_Change the time")
    k.wait("The time was changed. The record says so.")
    assert rule_of_tax(world) == (7, "year-end")
    k.click("_Back to the list")
    k.wait_text(TARO, exact=False)
    k.click("_Log out")
    k.wait("_Employee")


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


TESTS = [a_place_is_registered, a_backup_is_made, they_are_tried, what_would_come_back, one_person_comes_back,
         what_changed_since_is_shown_again, everybody_comes_back, one_is_damaged, the_place_is_removed, how_long_numbers_are_kept, a_longer_time, a_shorter_time,
         found_while_somebody_is_in]


if __name__ == "__main__":
    drive.main("custody", TESTS, set_up)
