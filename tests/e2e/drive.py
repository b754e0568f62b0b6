# SPDX-License-Identifier: Apache-2.0
"""Runs steps that follow one another through one kiosk, in both languages, and prints TAP. Used by the tests of the administration.

    tests/e2e/test-X.py BUILD [PICTURES]     with PICTURES: a picture of each screen of it goes there

AZUKARI_E2E_LANG: the languages, where it is set.
"""
import os
import sys
import traceback

import kiosk


def run(name, tests, set_up, lang, n):
    build, pictures = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    world = kiosk.World(build)
    failed = 0
    broken = False
    k = None

    def picture(what):
        if pictures:
            k.picture(os.path.join(pictures, f"{lang}-{what}.png"))

    try:
        set_up(world)
        k = kiosk.Kiosk(world, lang)
        for test in tests:
            n += 1
            title = f"{n} - /e2e/{name}/{lang}/{test.__name__.replace('_', '-')}"
            if broken:
                failed += 1
                print(f"not ok {title} # not tried after the failure above", flush=True)
                continue
            try:
                test(k, world, picture)
                print(f"ok {title}", flush=True)
            except Exception:
                failed += 1
                picture("failed")
                broken = True
                print(f"not ok {title}\n# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
    finally:
        if k is not None:
            k.close()
        world.close()
    return failed, n


def main(name, tests, set_up, size="1280x800", languages="en ja"):
    """set_up(world) makes the vault; each of tests gets the kiosk, the world and what takes a picture of the screen."""
    kiosk.enter_session(size)
    failed = n = 0
    languages = os.environ.get("AZUKARI_E2E_LANG", languages).split()
    print("1..%d" % (len(languages) * len(tests)), flush=True)
    for lang in languages:
        more, n = run(name, tests, set_up, lang, n)
        failed += more
    sys.exit(1 if failed else 0)
