# SPDX-License-Identifier: Apache-2.0
"""What came of one page, compared with what was drawn. A record of it never holds a number."""
import math

BOX_TOLERANCE_MM = 2.0
FROM_TRUTH = ["index", "kind", "expect", "level", "dpi", "page", "lid", "color", "qr", "font", "font_held_out",
              "rotation_deg"]


def percentile(values, part):
    """The value below which `part` (0..1) of the values lie, by nearest rank; 0 for none."""
    if not values:
        return 0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def check_digit(eleven):
    weights = [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]
    rest = sum(int(d) * w for d, w in zip(eleven, weights)) % 11
    return str(0 if rest <= 1 else 11 - rest)


def check_digit_is_right(digits):
    return digits[11] == check_digit(digits[:11]) and int(digits) != 0


def made_up_number(index):
    """Another for each index, as approving the same number for two people is refused. Its check digit fits."""
    eleven = f"{12345678901 + index:011d}"
    return (eleven + check_digit(eleven)).encode()


def judge(truth, verdict):
    """right, wrong, doubtful, refused or failed. On a document to be refused any accepted number is wrong, even the one printed on it."""
    if verdict["verdict"] != "accepted":
        return verdict["verdict"] if verdict["verdict"] in ("doubtful", "refused") else "failed"
    if truth["expect"] == "accept" and verdict.get("number") == truth["number"]:
        return "right"
    return "wrong"


def box_is_right(truth, verdict):
    """True when every corner lies near the true one, so that the card was also turned the right way up."""
    if not truth["box"] or not verdict.get("box"):
        return False
    limit = BOX_TOLERANCE_MM * truth["dpi"] / 25.4
    return all(math.dist(a, b) <= limit for a, b in zip(truth["box"], verdict["box"]))


def after_last_row(ms):
    """Milliseconds from the page's last row to the verdict."""
    return ms["total"] - ms.get("scan", 0)


def record(truth, verdict):
    """All that the tables need."""
    row = {name: truth.get(name) for name in FROM_TRUTH}
    ms, confidence = verdict.get("ms") or {}, verdict.get("confidence")
    row.update(
        layout_held_out=bool(truth.get("layout_held_out")),
        lookalike=bool(truth.get("decoy")) and check_digit_is_right(truth["decoy"]),
        has_box=bool(truth["box"]), outcome=judge(truth, verdict), verdict=verdict["verdict"],
        reason=verdict.get("reason") or "", document=verdict.get("document"),
        box_right=box_is_right(truth, verdict), confidence=round(confidence, 5) if confidence is not None else None,
        number_right=verdict["number"] == truth["number"] if verdict.get("number") else None,
        ms=ms, ms_after=after_last_row(ms) if "total" in ms else None)
    return row
