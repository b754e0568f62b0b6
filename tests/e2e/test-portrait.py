#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A kiosk that stands upright, 800 pixels wide: all that can be pressed lies on the screen.

    tests/e2e/test-portrait.py BUILD [PICTURES]     as drive.py says
"""
import os
import sys

import gi

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import drive  # noqa: E402
import kiosk  # noqa: E402

gi.require_version("Gtk", "4.0")
from gi.repository import Gtk  # noqa: E402

WIDTH, HEIGHT = 800, 1280
# Where something lies is told by 4.8 to the pixel, by 4.18 without the margins and paddings around it.
FRAME = 2 if Gtk.get_minor_version() < 14 else 12


def set_up(world):
    world.set_up_vault()
    me = "--admin", kiosk.ADMIN, "--pin-file", world.pin_file
    place = os.path.join(world.dir, "backups")
    os.mkdir(place, 0o700)
    world.ctl("backup", "places", "add", place, *me)
    world.ctl("backup", "now")


def assert_all_on_screen(k, *msgids):
    for msgid in msgids:
        assert k.find(k.t(msgid), kiosk.BUTTON_ROLES), f"{msgid} is not there"
    k.pause()
    outside = []
    for node in k.walk(k.root):
        if node.get_role_name() not in kiosk.BUTTON_ROLES:
            continue
        place = node.get_component_iface().get_extents(k.atspi.CoordType.WINDOW)
        if min(place.x, place.y) < -FRAME or place.x + place.width > WIDTH + FRAME or place.y + place.height > HEIGHT + FRAME:
            outside.append(f"{node.get_name()}: {place.x}, {place.y}, {place.width} x {place.height}")
    assert not outside, "beyond the screen: " + "; ".join(outside)


def welcome(k, world, picture):
    k.wait("_Employee")
    picture("portrait-welcome")
    assert_all_on_screen(k, "_Employee", "_Contractor", "_Administration", "_Help")


def employee(k, world, picture):
    k.click("_Employee")
    k.wait("Who are you?")
    picture("portrait-who")
    assert_all_on_screen(k, "_Next", "Ca_ncel")
    k.click("Ca_ncel")


def contractor(k, world, picture):
    k.click("_Contractor")
    k.wait("Please call an attendant")
    picture("portrait-attendant")
    assert_all_on_screen(k, "Ca_ncel")
    k.click("Ca_ncel")
    k.wait("_Employee")


def administration(k, world, picture):
    k.click("_Administration")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)
    for view, button in (("_People", "_Log out"), ("_Review", "_Log out"), ("_Export", "_Write the file"), ("_Disposal", "_Certificates"),
                         ("Re_cord", "_Verify"), ("_Backups", "Back up _now"), ("_Safety", "Try a backup")):
        k.click(view)
        k.wait(button)
        k.pause()
        picture("portrait-" + view.replace("_", "").lower())
        if view not in ("_Export", "_Safety"):  # they scroll
            assert_all_on_screen(k, button)
    k.click("_Log out")
    k.wait("_Employee")


TESTS = [welcome, employee, contractor, administration]


if __name__ == "__main__":
    drive.main("portrait", TESTS, set_up, f"{WIDTH}x{HEIGHT}")
