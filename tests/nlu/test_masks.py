"""What the door masks is read as what a person would write."""

from pathlib import Path

from nlu.masks import _SPOKEN, spoken

MASKING = Path(__file__).resolve().parents[2] / "web" / "privacy" / "masking.py"


def test_a_mask_is_read_as_an_everyday_word() -> None:
    assert spoken("hi, i'm [name], call me at [phone]") == "hi, i'm Maria, call me at 555 0134"


def test_other_brackets_stay() -> None:
    assert spoken("what is [glutamate] and [name") == "what is [glutamate] and [name"


def test_every_mask_of_the_door_is_known() -> None:
    masks = MASKING.read_text(encoding="utf-8").partition("MASKS = {")[2].partition("}")[0]
    written = {
        value.strip().strip('",[]')
        for _, _, value in (line.partition(": ") for line in masks.splitlines() if ": " in line)
    }
    assert written == set(_SPOKEN)
