"""Weather, faults, injects and expectations: what is refused, and that the message says where and what to do."""

from __future__ import annotations

import pytest

from picket.train import ExerciseError

HOVER = '[[actor]]\nid = "a"\nkind = "drone"\nloop = true\nroute = [[{e}, {n}, {h}]]\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[fault]]\nsensor = "radar-west"\nkind = "outage"', "the exercise simulates no sensor of this id; it has: radar-north"),
        (
            '[[fault]]\nsensor = "radar-north"\nkind = "outage"\nfrom_s = 9\nuntil_s = 3',
            "expected 0 <= from_s < until_s, got 9 and 3",
        ),
        ('[[fault]]\nsensor = "radar-north"\nkind = "smoke"', "Invalid enum value 'smoke'"),
        ('[[fault]]\nsensor = "radar-north"\nkind = "outage"\ninject = "x"', "no inject is called 'x'"),
        ('[[inject]]\nid = "x"', "give at_s or when, and not both"),
        ('[[inject]]\nid = "x"\nat_s = -3', "at_s: expected 0 to 360, within the exercise, got -3"),
        ('[[inject]]\nid = "x"\nat_s = 3\n[[inject]]\nid = "x"\nat_s = 3', "two injects have this id"),
        ('[[expect]]\nid = "x"\nwhat = "track"\nby_s = 3', "a track of which actor?"),
        ('[[expect]]\nid = "x"\nwhat = "alert"\nby_s = 900', "by_s: expected up to 360"),
        ('[[expect]]\nid = "x"\nwhat = "alert"\nby_s = 9\nactor = "b"', "no actor is called 'b'; there are: a"),
        ('[[expect]]\nid = "x"\nwhat = "alert"\nby_s = 9\nzone = "moon"', "the site has no zone 'moon'; it has: airway"),
        ('[[expect]]\nid = "x"\nwhat = "alert"\nby_s = 9\ncause = "drone"', "cause: goes with what"),
        ('[[expect]]\nid = "x"\nwhat = "alert"\nby_s = 9\nwords = ["a"]', "words: go with what"),
        ("[weather]\nrain_mm_h = -1", "weather.rain_mm_h: expected 0 to 150"),
        ("[weather]\nsea_state = 12", "weather.sea_state: expected 0 to 9"),
        ('[[listener]]\nid = "radar-north"', "the site has no sensor of this id that finds directions"),
        ('[[actor]]\nid = "s"\nkind = "submersible"\nloop = true\nroute = [[0, 0, 5]]', "heights are depths"),
    ],
)
def test_a_bad_script_is_refused_with_the_place_and_the_reason(write, text, message):
    with pytest.raises(ExerciseError) as caught:
        write(HOVER.format(e=800, n=600, h=60) + text + "\n")
    assert message in str(caught.value)
