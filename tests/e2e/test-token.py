#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The admin's door with a token: one more step, other people's PINs, an export, and the token taken out. Program, vault, azukari-token and
SoftHSM2's tokens are real.

    tests/e2e/test-token.py BUILD [PICTURES]     with PICTURES: a picture of each screen of it goes there, in both languages
"""
import os
import subprocess
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import kiosk  # noqa: E402

TOKEN_PIN = "kagi-7261"
MODULE = "/usr/lib/softhsm/libsofthsm2.so"


def insert(world, drawer):
    """The tokens of that drawer are the ones that whatever starts from now on sees."""
    folder = os.path.join(world.dir, drawer)
    conf = folder + ".conf"
    os.environ["SOFTHSM2_CONF"] = conf
    if os.path.exists(conf):
        return
    os.mkdir(folder, 0o700)
    with open(conf, "w") as file:
        file.write(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", drawer, "--so-pin", "so-pin-1234", "--pin",
                    TOKEN_PIN], check=True, capture_output=True)


def set_up_tokens(world):
    os.environ["AZUKARI_TOKEN_MODULE"] = MODULE
    world.token_pin_file = os.path.join(world.dir, "token-pin")
    with open(world.token_pin_file, "w") as file:
        file.write(TOKEN_PIN + "\n")
    me = ("--admin", kiosk.ADMIN, "--pin-file", world.pin_file)
    for drawer in ("spare", "first"):
        insert(world, drawer)
        world.ctl("token", "add", *me, "--label", drawer, "--new-token-pin-file", world.token_pin_file)
    world.ctl("token", "policy", *me, "--token-pin-file", world.token_pin_file, "required")


def come_to_the_token(k):
    k.click("_Administration")
    k.wait("For the persons in charge only.")
    k.type("_PIN", kiosk.PIN)
    k.click("_Open")
    k.wait("Your token", seconds=60)


def wrong_token_pin(k, world, picture):
    come_to_the_token(k)
    picture("token")
    k.type("The token's _PIN", "chigau-1111")
    k.click("_Open")
    k.wait("The token's PIN is wrong. After a few wrong ones the token locks itself, so please type it with care.", seconds=60)
    picture("token-wrong-pin")
    assert not k.has("Who has handed in a number")


def opens(k, world, picture):
    k.type("The token's _PIN", TOKEN_PIN)
    k.click("_Open")
    k.wait("Who has handed in a number", seconds=60)


def export_shows_it_again(k, world, picture):
    k.click("_Export")
    k.type("_Handed to", "payroll")
    k.click("_Write the file")
    # That far it comes only past the token.
    k.wait("There is no approved number to export. Please review what was collected first.", seconds=60)


def taken_out(k, world, picture):
    folder = os.path.join(world.dir, "first")
    os.rename(folder, folder + ".away")
    k.wait("The token was taken out. Please insert it and log in again.", seconds=60)
    picture("token-taken-out")
    assert not k.has("Who has handed in a number")
    assert not k.has("_Export")
    os.rename(folder + ".away", folder)
    k.click("_Back")
    k.wait("_Employee")


TESTS = [wrong_token_pin, opens, export_shows_it_again, taken_out]


def run(build, lang, pictures, n):
    world = kiosk.World(build)
    failed = 0
    broken = False
    k = None

    def picture(name):
        if pictures:
            k.picture(os.path.join(pictures, f"{lang}-{name}.png"))

    try:
        world.set_up_vault()
        set_up_tokens(world)
        k = kiosk.Kiosk(world, lang)
        for test in TESTS:
            n += 1
            name = f"{n} - /e2e/token/{lang}/{test.__name__.replace('_', '-')}"
            try:
                assert not broken, "not tried after the failure above"
                test(k, world, picture)
                print(f"ok {name}", flush=True)
            except Exception:
                failed += 1
                broken = True
                print(f"not ok {name}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
                picture("failed")
        k.close()
    finally:
        world.close()
    return failed, n


def main():
    kiosk.enter_session("1280x800")
    failed = n = 0
    print("1..%d" % (2 * len(TESTS)), flush=True)
    for lang in ("en", "ja"):
        more, n = run(sys.argv[1], lang, sys.argv[2] if len(sys.argv) > 2 else None, n)
        failed += more
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
