"""The command line as a user meets it: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from picket.cli import main
from picket.cli.common import count
from tests.station.live import approach

T0 = 1_700_000_000.0


def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.fixture
def flight(tmp_path: Path) -> Path:
    path = tmp_path / "flight.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in approach(T0, 60)))
    return path


def site_file(folder: Path, extra: str = "") -> Path:
    path = folder / "site.toml"
    path.write_text(f'version = 1\n[site]\nname = "Test"\nlat_deg = 45.0\nlon_deg = -30.0\n{extra}')
    return path


def test_every_command_has_help_with_an_example() -> None:
    for name in ([], ["demo"], ["watch"], ["decode"], ["track"], ["doctor"], ["user"], ["archive"], ["archive", "verify"]):
        got = run(*name, "--help")
        assert got.exit_code == 0
        assert "Example: picket " in got.output


def groups(command: click.Command, *words: str) -> Iterator[tuple[str, ...]]:
    """Every command that has commands, by its words."""
    if isinstance(command, click.Group):
        yield words
        for name, one in command.commands.items():
            yield from groups(one, *words, name)


def test_lists_of_commands_give_each_one_s_sentence_whole() -> None:
    found = list(groups(main))
    assert len(found) > 5
    for words in found:
        lines = run(*words, "--help").output.splitlines()
        assert not [line for line in lines[1:] if line.endswith("...")], words
        assert max(map(len, lines)) <= 100


def test_ctrl_c_while_the_commands_are_loaded_is_no_traceback() -> None:
    interrupted = """import runpy, sys
class Slow:
    def find_spec(self, name, path, target=None):
        if name == "picket.cli":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Slow())
runpy.run_module("picket", run_name="__main__")"""
    got = subprocess.run([sys.executable, "-c", interrupted], capture_output=True, text=True, timeout=300)
    assert (got.returncode, got.stdout, got.stderr) == (130, "", "picket: stopped\n")


def test_python_m_picket_is_the_command_and_names_itself_as_it_is_typed() -> None:
    got = subprocess.run([sys.executable, "-m", "picket", "decode", "--help"], capture_output=True, text=True, timeout=300)
    assert got.returncode == 0, got.stderr
    assert got.stdout.startswith("Usage: picket decode [OPTIONS] IN...")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_standard_output_is_a_message_and_a_closed_pipe_is_silent(flight: Path, unbuffered: str) -> None:
    env = os.environ | {"PYTHONUNBUFFERED": unbuffered}  # buffered, what is left is written at the very end
    for words in (["--help"], ["train", "list"], ["decode", str(flight), "-o", "-"]):
        command = [sys.executable, "-m", "picket", *words]
        with open("/dev/full", "wb") as full:
            got = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=300, env=env)
        assert got.returncode == 2
        assert got.stderr.startswith("picket: ")
        assert "No space left on device" in got.stderr
        assert "Traceback" not in got.stderr
        read, write = os.pipe()
        os.close(read)
        got = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, text=True, timeout=300, env=env)
        os.close(write)
        assert "picket:" not in got.stderr
        assert "Traceback" not in got.stderr


def test_ctrl_c_in_the_middle_leaves_no_file_and_is_not_taken_for_an_empty_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("picket.feed.recording._decode_one", interrupted)
    got = run("decode", tmp_path / "night.pcap", "-o", tmp_path / "night.parquet")
    assert got.exit_code == 130
    assert got.stderr == "picket: stopped; what was not finished is not written\n"
    assert os.listdir(tmp_path) == []


def on_a_terminal(*arguments: object) -> bytes:
    """What a command writes to a terminal."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "picket", *map(str, arguments)]
    with subprocess.Popen(command, stdout=its, stdin=subprocess.DEVNULL) as process:
        os.close(its)
        found = b""
        with contextlib.suppress(OSError):  # the terminal's other end is closed
            while part := os.read(ours, 4096):
                found += part
        process.wait(300)
    os.close(ours)
    return found


def test_a_terminal_does_not_obey_what_a_drone_calls_itself(tmp_path: Path) -> None:
    source = tmp_path / "odd.jsonl"
    rows = [{"time": T0 + i, "lat_deg": 45.0, "lon_deg": -30.0, "identity": "A\x1b[2K\x07\u202eB"} for i in range(8)]
    source.write_text("".join(json.dumps(r) + "\n" for r in rows))
    shown = on_a_terminal("track", source, "-o", tmp_path / "t.csv", "--explain", 0)
    assert b"identity A[U+001B][2K[U+0007][U+202E]B" in shown
    assert b"\x1b" not in shown


@pytest.mark.parametrize("encoding", ["utf-8:strict", "utf-8:surrogateescape", "latin-1"])
def test_a_file_whose_name_is_no_text_is_read_and_told_in_codes(tmp_path: Path, flight: Path, encoding: str) -> None:
    """It ended with a traceback, or with "'utf-8' codec can't encode character" and not a word about which file."""
    name = os.fsdecode(b"night\xff.jsonl")
    flight.rename(tmp_path / name)

    def told(*words: str) -> tuple[int, str, str]:
        got = subprocess.run([sys.executable, "-m", "picket", *words], capture_output=True, timeout=300, cwd=tmp_path,
                             env={**os.environ, "PYTHONIOENCODING": encoding})  # fmt: skip
        return got.returncode, got.stdout.decode(), got.stderr.decode()

    code, out, err = told("decode", name, "-o", os.fsdecode(b"\xfe.csv"))
    assert (code, err) == (0, "")
    assert "night\\xff.jsonl: table\n" in out
    assert "-> \\xfe.csv\n" in out
    assert r"night\xff.jsonl" in (tmp_path / os.fsdecode(b"\xfe.csv")).read_text()
    assert json.loads(told("decode", name, "--json")[1])["formats"] == {r"night\xff.jsonl": "table"}
    code, out, err = told("track", os.fsdecode(b"\xfe.csv"), "-o", os.fsdecode(b"\xfd.parquet"))
    assert (code, err, "-> \\xfd.parquet\n" in out) == (0, "", True)
    for words in (("decode", os.fsdecode(b"no\xff")), ("track", os.fsdecode(b"no\xff"), "-o", "t.csv")):
        assert told(*words)[2] == "picket: no\\xff: no such file\n"
    assert told("decode", name, "-o", os.fsdecode(b"\xff/t.csv"))[2].startswith(
        r"picket: \xff/t.csv: there is no folder \xff; make"
    )


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl", "arrow"])
def test_decode_and_track_write_tables(tmp_path: Path, flight: Path, suffix: str) -> None:
    detections, tracks = tmp_path / f"d.{suffix}", tmp_path / f"t.{suffix}"
    got = run("decode", flight, "-o", detections)
    assert got.exit_code == 0, got.output
    assert "60 detections" in got.output
    got = run("track", detections, "--site", site_file(tmp_path), "-o", tracks, "--json")
    assert got.exit_code == 0, got.output
    last = json.loads(got.stdout.strip().splitlines()[-1])
    assert last["tracks"] == 1
    assert last["rows"] > 10
    assert last["left_out"] == {}
    assert set(last) == {"scans", "detections", "tracks", "rows", "left_out", "read_s", "track_s", "write_s", "shed", "peak_mb"}
    assert last["detections"] == 60
    assert tracks.stat().st_size > 100


def test_tracks_are_never_written_over_the_detections_nor_to_a_folder_that_is_not_there(tmp_path: Path, flight: Path) -> None:
    before = flight.read_bytes()
    for out, words in ((flight, "it is read too"), (tmp_path / "nowhere" / "t.csv", "make it first")):
        got = run("track", flight, "--site", site_file(tmp_path), "-o", out)
        assert got.exit_code == 2
        assert got.stderr.startswith(f"picket: {out}: ")
        assert words in got.stderr
    assert flight.read_bytes() == before


def test_a_command_that_gives_nothing_says_why(tmp_path: Path, flight: Path) -> None:
    assert run("decode", flight).stderr == "picket: the detections are not written; -o FILE writes them\n"
    assert run("decode", flight, "-o", tmp_path / "d.csv").stderr == ""
    one = tmp_path / "one.jsonl"
    one.write_text(flight.read_text().splitlines()[0] + "\n")
    words = "  no track was confirmed: that takes several plots of one object, one after the other"
    assert words in run("track", one, "-o", tmp_path / "t.csv").stdout
    assert words not in run("track", flight, "-o", tmp_path / "t.csv").stdout


def test_what_was_left_out_is_said_with_the_option_that_brings_it_back(tmp_path: Path) -> None:
    undated, nowhere = tmp_path / "undated.jsonl", tmp_path / "nowhere.jsonl"
    undated.write_text('{"lat_deg": 45.0, "lon_deg": -30.0}\n')
    got = run("track", undated, "-o", tmp_path / "t.csv")
    assert got.exit_code == 1
    assert got.output.splitlines()[1:] == ["  left out: 1 no_time: it has no date; give --start to picket decode"]
    nowhere.write_text(f'{{"time": {T0}, "range_m": 900, "azimuth_deg": 3}}\n')
    got = run("track", nowhere, "-o", tmp_path / "t.csv")
    assert got.output.splitlines()[1] == (
        "  left out: 1 no_sensor_place: where the sensor stands is not known; the file given with --site must say it"
    )


def test_a_machine_is_told_what_was_left_out_too(tmp_path: Path) -> None:
    undated = tmp_path / "undated.jsonl"
    undated.write_text('{"lat_deg": 45.0, "lon_deg": -30.0}\n')
    got = run("track", undated, "-o", tmp_path / "t.csv", "--json")
    assert json.loads(got.stdout)["left_out"] == {"no_time": 1}


def test_radio_samples_given_to_decode_are_sent_to_the_command_that_reads_them(tmp_path: Path) -> None:
    samples = tmp_path / "roof.cf32"
    samples.write_bytes(b"\x00\x80\xf4C" * 64)
    got = run("decode", samples)
    assert got.exit_code == 1
    assert "`picket spectrum` reads these" in got.stderr


def test_one_of_a_thing_is_told_in_the_singular() -> None:
    assert [count(n, "track") for n in (0, 1, 2)] == ["0 tracks", "1 track", "2 tracks"]


def test_an_explanation_of_a_track_that_is_not_there_says_so(tmp_path: Path, flight: Path) -> None:
    got = run("track", flight, "--site", site_file(tmp_path), "-o", tmp_path / "t.csv", "--explain", 4711)
    assert "picket: no track has the number 4711" in got.stderr


def test_tracks_are_confirmed_or_coasting_and_named_as_the_table_says(tmp_path: Path, flight: Path) -> None:
    out = tmp_path / "t.jsonl"
    assert run("track", flight, "--site", site_file(tmp_path), "-o", out).exit_code == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert rows
    assert {r["status"] for r in rows} <= {"confirmed", "coasting"}
    assert {r["track_id"] for r in rows} == {rows[0]["track_id"]}
    assert rows[-1]["identity"] == "TEST1"
    assert abs(rows[-1]["vel_east_mps"] + 25.0) < 3.0


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, flight: Path) -> None:
    for name in ("a", "b"):
        run("track", flight, "--site", site_file(tmp_path), "-o", tmp_path / f"{name}.parquet")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_exit_codes(tmp_path: Path, flight: Path) -> None:
    (tmp_path / "empty.bin").write_bytes(b"")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 20)
    out = tmp_path / "o.jsonl"
    expected = [
        (1, tmp_path / "empty.bin", "empty"),
        (1, tmp_path / "noise.bin", "expected"),
        (3, tmp_path / "missing.bin", "no such file"),
        (3, tmp_path, "folder"),
    ]
    for code, path, word in expected:
        got = run("decode", path, "-o", out)
        assert got.exit_code == code, (path, got.output)
        assert word in got.output
        assert "Traceback" not in got.output
        assert "detections" not in got.output  # of what was not read nothing is counted
    wrong = run("decode", flight, "--format", "astrix", "-o", out)
    assert (wrong.exit_code, "astrix: did you mean 'asterix'? expected a format, one of table, " in wrong.stderr) == (2, True)
    for name, got in (("o.xlsx", ".xlsx"), ("o", "none")):
        wrong = run("decode", flight, "-o", tmp_path / name)
        assert (wrong.exit_code, wrong.stderr.endswith(f", .jsonl or .arrow, got {got}\n")) == (2, True)
    assert run("decode", flight, "--start", "yesterday").exit_code == 2
    assert run("track", flight, "--site", tmp_path / "none.toml", "-o", out).exit_code == 2
    assert run("decode", flight, tmp_path / "missing.bin", "-o", out).exit_code == 3
    assert len(out.read_text().splitlines()) == 60, "the readable input is kept"


def test_a_site_file_with_mistakes_is_told_in_words(tmp_path: Path) -> None:
    got = run("watch", "--site", site_file(tmp_path, "[statoin]\nport = 1\n"))
    assert got.exit_code == 2
    assert "did you mean 'station'" in got.output
    assert "Traceback" not in got.output


def test_standard_input_to_standard_output(flight: Path) -> None:
    got = run("decode", "-", "--format", "table", "-o", "-", stdin=flight.read_bytes())
    assert got.exit_code == 0, got.output
    assert json.loads(got.stdout.splitlines()[0])["identity"] == "TEST1"


def test_doctor_names_what_is_wrong_and_what_a_sensor_cannot_see(tmp_path: Path) -> None:
    radar = '[[sensor]]\nid = "r"\nkind = "radar"\nlat_deg = 45.0\nlon_deg = -30.0\nmin_range_m = 80\nmax_range_m = 5000\n'
    radar += "[station]\nport = 0\n"
    got = run("doctor", "--site", site_file(tmp_path, radar), "--json", "--archive", tmp_path / "a")
    report = json.loads(got.stdout)
    words = " ".join(c["words"] for c in report["checks"])
    assert "nothing nearer than 80 m" in words
    assert "geoid_separation_m is 0" in words
    page_built = all(c["state"] != "problem" for c in report["checks"] if c["subject"] == "page")
    assert got.exit_code == (0 if page_built else 1)
    bad = run("doctor", "--site", tmp_path / "none.toml")
    assert bad.exit_code == 1
    assert "no such file" in bad.output


def test_archive_verify_names_damage(tmp_path: Path) -> None:
    from picket.record.log import LogFile, Record

    out = LogFile(tmp_path / "log")
    for i in range(5):
        out.append(Record(i + 1, T0 + i, "tick", None))
    out.close()
    assert run("archive", "verify", "--archive", tmp_path / "log").exit_code == 0
    path = next((tmp_path / "log").glob("*.plog"))
    raw = bytearray(path.read_bytes())
    raw[80] ^= 1
    path.write_bytes(bytes(raw))
    got = run("archive", "verify", "--archive", tmp_path / "log")
    assert got.exit_code == 3
    assert "first damage: 00000001.plog at byte" in got.output
    assert run("archive", "verify", "--archive", tmp_path / "none").exit_code == 3


def test_a_user_needs_a_real_password(tmp_path: Path) -> None:
    assert run("user", "anna", "--archive", tmp_path, "--password", "short").exit_code == 2
    assert run("user", "anna", "--archive", tmp_path, "--password", "correct horse battery").exit_code == 0
    told = run("user", "ben", "--archive", tmp_path, "--password", "correct horse battery", "--json")
    assert json.loads(told.output) == {"user": "ben"}


def test_an_exercise_recorded_as_sensors_send_it_becomes_tracks(tmp_path: Path) -> None:
    """The simulator's captures (pcap, DroneScout JSON, SBS) through decode and track, as the README's reader would."""
    from picket.train import demo_exercise
    from picket.train.recording import record

    folder = record(demo_exercise(), 1, T0, T0 + 25.0, tmp_path / "run")
    recordings = sorted(p for p in folder.iterdir() if p.suffix in (".pcap", ".json", ".txt"))
    assert len(recordings) == 4
    out = tmp_path / "tracks.jsonl"
    got = run("track", *recordings, "--site", folder / "site.toml", "--every", 1, "-o", out)
    assert got.exit_code == 0, got.output
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert {r["origin"] for r in rows} == {"exercise"}
    joined = [r for r in rows if r.get("identity") == "SIMULATED-POLICE-1"]
    assert joined
    assert {"radar-north", "remote-id"} <= set(joined[-1]["sensors"])
    assert len({r["track_id"] for r in rows if r["time"] > T0 + 20}) >= 10
    got = run("decode", *recordings, "-o", tmp_path / "d.parquet")
    assert "simulated" in got.output, "simulated plots are never taken for live ones"


def test_each_mistake_of_a_file_has_a_line(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text('version = 1\nname = "x"\nsite = "site.toml"\nrepeat_s = 5\nteachs = []\n')
    (tmp_path / "site.toml").write_text('version = 1\n[site]\nname = "x"\nlat_deg = 1.0\nlon_deg = 1.0\n')
    said = CliRunner().invoke(main, ["train", "run", str(tmp_path / "x.toml")])
    assert said.exit_code == 2
    first, *others = said.output.splitlines()
    assert first.endswith("x.toml: 2 things to change:")
    assert [line.split(":")[0].strip() for line in others] == ["teachs", "repeat_s"]
