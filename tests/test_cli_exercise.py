"""`graphtutor exercise` and `graphtutor grade`, used as a student and as an instructor would."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from pathlib import Path

import pytest

from graphtutor.cli import main
from graphtutor.exercises import load
from graphtutor.exercises.lint import reference
from graphtutor.exercises.results import safe_cell
from graphtutor.exercises.sheet import read_sheet

RIGHT = {"f.q": "-4", "f.z": "3", "q.x": "-4", "q.y": "-4"}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(capsys, *words):
    """Run a command; return its exit code and what it printed."""
    code = main(list(map(str, words)))
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def fill(path, answers):
    text = Path(path).read_text(encoding="utf-8")
    for item, answer in answers.items():
        text, count = re.subn(rf'(?m)^("{re.escape(item)}"\s*= )""', lambda m, a=answer: f'{m.group(1)}"{a}"', text)
        assert count == 1, item
    Path(path).write_text(text, encoding="utf-8")


def sheet(answers, name="sheet.toml", student="s1", head="", exercise="bp.chain.01", version=1):
    lines = [f'exercise = "{exercise}"', f"version = {version}", f'student = "{student}"', head, "[answers]"]
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, *(f'"{k}" = "{v}"' for k, v in answers.items())]), encoding="utf-8")
    return path


def test_list_shows_every_exercise(capsys):
    code, out, _ = say(capsys, "exercise", "list")
    assert code == 0
    assert re.search(r"^ 6 +bp\.copy\.01 +x goes two ways +edge gradients +5$", out, re.M)
    code, out, _ = say(capsys, "exercise", "list", "--json", "--lang", "ko")
    assert json.loads(out)[0]["title"] == "덧셈 게이트"


def test_show_names_the_options_where_numbers_are_drawn(capsys):
    assert "--student ID" in say(capsys, "exercise", "show", "21")[1]
    assert "--student" not in say(capsys, "exercise", "show", "4")[1]


def test_show_tells_what_is_given_and_asked_and_hints_only_when_asked(capsys):
    code, out, _ = say(capsys, "exercise", "show", "4")
    assert code == 0 and "x = -2, y = 5, z = -4" in out and "df/dq on the edge q -> f" in out
    assert "The add gate's own slopes" not in out
    assert "hint 1: The add gate's own slopes" in say(capsys, "exercise", "show", "4", "--hint", "1")[1]
    code, out, err = say(capsys, "exercise", "show", "4", "--hint", "7")
    assert code == 2 and out == "" and "one hint" in err


@pytest.mark.parametrize("number", range(1, 22))
def test_a_student_starts_fills_in_and_checks_every_exercise(capsys, number):
    assert say(capsys, "exercise", "start", number, "-o", "a.toml", "--student", "kim")[0] == 0
    tomllib.loads(Path("a.toml").read_text(encoding="utf-8"))
    code, out, _ = say(capsys, "exercise", "check", "a.toml")
    assert code == 1 and out.count("blank") >= 1 and "\n0 of" in out
    fill("a.toml", reference(load(str(number), "kim")))
    code, out, err = say(capsys, "exercise", "check", "a.toml")
    assert code == 0 and "wrong" not in out and "note" not in out and err == ""


def test_start_does_not_overwrite_unless_told(capsys):
    assert say(capsys, "exercise", "start", "4")[0] == 0
    fill("bp.chain.01.toml", {"f.q": "3"})
    code, _, err = say(capsys, "exercise", "start", "4")
    assert code == 2 and "--force" in err and '"3"' in Path("bp.chain.01.toml").read_text()
    assert say(capsys, "exercise", "start", "4", "--force")[0] == 0
    assert '"3"' not in Path("bp.chain.01.toml").read_text()
    assert [path.name for path in Path().iterdir()] == ["bp.chain.01.toml"]


def test_check_names_the_mistake_and_gives_partial_credit(capsys):
    path = sheet(RIGHT | {"f.q": "3", "q.x": "3", "q.y": "3"})
    code, out, _ = say(capsys, "exercise", "check", path)
    assert code == 1
    assert re.search(r"wrong +f\.q +3", out) and re.search(r"carried +q\.x +3", out)
    assert "multiply by the input's own value at a mul gate" in out
    assert "3 of 4 points  (1 right, 2 carried, 1 wrong)" in out
    assert "Hint: At f = q * z" in out
    korean = say(capsys, "exercise", "check", path, "--lang", "ko")[1]
    assert "4 점 만점에 3 점" in korean and "자기 값을 곱한 것" in " ".join(korean.split())


def test_check_as_json_is_the_record_that_grade_writes(capsys):
    path = sheet(RIGHT | {"q.x": "4"})
    code, out, _ = say(capsys, "exercise", "check", path, "--json")
    record = json.loads(out)
    assert code == 1 and record["score"] == 3.0 and record["max_score"] == 4.0
    assert [item["status"] for item in record["items"]] == ["correct", "correct", "wrong", "correct"]
    assert record["items"][2]["diagnosis"]["id"] == "any.sign"
    say(capsys, "grade", path)
    assert json.loads(Path("results.jsonl").read_text()) == record


def test_one_typo_is_one_unreadable_answer_and_not_the_sheet(capsys):
    Path("a.toml").write_text(
        'exercise = "bp.chain.01"\r\nversion = 1\r\n[answers]\r\n"f.q" = "-4\r\nf.z = 3 # bare\r\n'
        "'q.x' = '-8/2'\r\n“q.y” = “\u22124”\r\nnonsense\r\n".replace("\r\n", "\n"),
        encoding="utf-8",
    )
    code, out, _ = say(capsys, "exercise", "check", "a.toml")
    assert code == 1 and "3 of 4 points  (3 right, 1 unreadable)" in out
    assert "line 4: a quote is missing" in out and "line 8 is no `name" in out


def test_tables_inside_the_answers_and_windows_files_are_fine():
    Path("a.toml").write_bytes(
        b'\xef\xbb\xbfexercise = "bp.chain.01"\r\nversion = 1\r\n[answers.f]\r\nq = "-4"\r\n[answers]\r\nq.x = "1"\r\n'
    )
    assert read_sheet(Path("a.toml")).answers == {"f.q": "-4", "q.x": "1"}


def test_an_answer_given_twice_counts_only_when_both_agree(capsys):
    path = sheet(RIGHT)
    path.write_text(path.read_text() + '\n"f.q" = "3"\n"f.z" = "3"\n')
    out = " ".join(say(capsys, "exercise", "check", path)[1].split())
    assert "answered twice, on lines 6 and 10; keep one" in out
    assert "'f.z' stands there twice, on lines 7 and 11" in out and "3 of 4 points" in out


def test_unknown_items_and_edited_numbers_are_noted_and_change_nothing(capsys):
    path = sheet({"f.q": "-4", "f.z": "3", "q.x": "-4", "q.yy": "-4"}, head='[given]\nx = "7"\ny = "5"')
    out = " ".join(say(capsys, "exercise", "check", path)[1].split())
    assert "'q.yy' is not asked for and was left out; did you mean 'q.y'?" in out
    assert "x was changed to '7'; it is -2" in out and "y was changed" not in out
    assert "3 of 4 points (3 right, 1 missing)" in out


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"version": 2}, "answers version 2 of 'bp.chain.01', but here is version 1"),
        ({"exercise": "bp.chian.01"}, "did you mean 'bp.chain.01'"),
        ({"exercise": ""}, "does not say which exercise"),
        ({"head": "format = 7"}, "has format 7"),
        ({"head": "attempt = 'two'"}, "`attempt` must be a whole number"),
        ({"head": 'exercise = "bp.add.01"'}, "`exercise` stands there twice"),
        ({"answers": {f"a{i}": "1" for i in range(201)}}, "more than 200 answers"),
    ],
)
def test_a_sheet_that_cannot_be_graded_says_why(capsys, more, said):
    more = {"answers": RIGHT, **more}
    code, out, err = say(capsys, "exercise", "check", sheet(**more))
    assert (code, out) == (2, "") and said in err and "Traceback" not in err


def test_an_exercise_file_a_folder_and_a_missing_file_are_no_sheets(capsys, here):
    from graphtutor.exercises.library import find

    assert "it is an exercise file" in say(capsys, "exercise", "check", find("1"))[2]
    assert "is a folder" in say(capsys, "exercise", "check", here)[2]
    assert "no such file" in say(capsys, "exercise", "check", "nothing.toml")[2]


def test_the_sheet_of_a_variant_belongs_to_its_student(capsys):
    assert say(capsys, "exercise", "start", "21", "--student", "kim", "-o", "kim.toml")[0] == 0
    fill("kim.toml", reference(load("21", "kim")))
    assert say(capsys, "exercise", "check", "kim.toml")[0] == 0
    text = Path("kim.toml").read_text()
    Path("lee.toml").write_text(text.replace('"kim"', '"lee"'))
    code, _, err = say(capsys, "exercise", "check", "lee.toml")
    assert code == 2 and "were not drawn for student 'lee'" in err


def test_a_course_key_draws_other_numbers(capsys):
    Path("key").write_text("0123456789abcdef")
    assert say(capsys, "exercise", "start", "21", "--student", "kim", "--key", "key", "-o", "a.toml")[0] == 0
    assert say(capsys, "exercise", "check", "a.toml")[0] == 2
    assert say(capsys, "exercise", "check", "a.toml", "--key", "key")[0] == 1
    Path("short").write_text("x")
    assert "too short for a key" in say(capsys, "exercise", "check", "a.toml", "--key", "short")[2]


def test_a_course_grades_exercises_of_its_own(capsys):
    own = Path("own.toml")
    own.write_text(
        'format = 1\nid = "my.one"\nversion = 1\ntitle = "Mine"\nkind = "edge_gradients"\npoints = 2\n'
        'prompt = "p"\n[graph]\nexpr = "f = x * y; x = 3; y = 4"\n'
    )
    assert say(capsys, "exercise", "start", own, "-o", "a.toml")[0] == 0
    fill("a.toml", {"f.x": "4", "f.y": "3"})
    code, _, err = say(capsys, "exercise", "check", "a.toml")
    assert code == 2 and "--exercises" in err
    assert say(capsys, "exercise", "check", "a.toml", "--exercises", own)[0] == 0
    assert say(capsys, "exercise", "lint", own)[0] == 0


def test_grade_takes_folders_and_a_broken_sheet_stops_nothing(capsys):
    sheet(RIGHT, "subs/a/one.toml", "ann")
    sheet(RIGHT | {"f.q": "3", "q.x": "3", "q.y": "3"}, "subs/b/two.toml", "bob")
    sheet(RIGHT, "subs/c/old.toml", "cyd", version=9)
    Path("subs/broken.toml").write_bytes(b"\xff\xfe")
    Path("subs/notes.txt").write_text("not a sheet")
    code, out, err = say(capsys, "grade", "subs", "-o", "out.jsonl")
    assert code == 0 and "2 of 4 sheets graded" in out and "bp.chain.01: 2 sheets, mean 3.5 of 4" in out
    assert "version 9" in err and "not UTF-8" in err
    records = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [(r["student"], r["status"], r["score"]) for r in records] == [
        ("ann", "graded", 4.0),
        ("bob", "graded", 3.0),
        ("broken", "unusable", None),
        ("old", "unusable", None),
    ]
    rows = list(csv.DictReader(io.StringIO(Path("out.csv").read_text(encoding="utf-8"))))
    bob = [(r["item"], r["given"], r["status"], r["score"], r["diagnosis"]) for r in rows if r["student"] == "bob"]
    assert bob == [
        ("f.q", "3", "wrong", "0.0", "mul.no_swap"),
        ("f.z", "3", "correct", "1.0", ""),
        ("q.x", "3", "carried", "1.0", ""),
        ("q.y", "3", "carried", "1.0", ""),
    ]
    (broken,) = [r for r in rows if r["student"] == "broken"]
    assert broken["status"] == "unusable" and broken["score"] == "" and "UTF-8" in broken["diagnosis"]
    wide = list(csv.reader(io.StringIO(Path("out-by-student.csv").read_text(encoding="utf-8"))))
    assert wide == [["student", "bp.chain.01", "total"], ["ann", "4.0", "4.0"], ["bob", "3.0", "3.0"]]


def test_the_best_of_several_sheets_counts_per_student(capsys):
    sheet({}, "subs/1.toml", "ann")
    sheet(RIGHT, "subs/2.toml", "ann")
    sheet({"f.q": "-4"}, "subs/3.toml", "ann")
    say(capsys, "grade", "subs")
    assert Path("results-by-student.csv").read_text().splitlines()[1] == "ann,4.0,4.0"


def test_grading_again_writes_the_same_bytes(capsys):
    sheet(RIGHT | {"q.x": "7"}, "subs/a.toml")
    say(capsys, "grade", "subs", "-o", "one.jsonl")
    say(capsys, "grade", "subs", "-o", "two.jsonl")
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()


def test_no_spreadsheet_takes_an_answer_for_a_formula(capsys):
    sheet({"f.q": "=HYPERLINK(1)", "f.z": "-3", "q.x": "-8/2", "q.y": "@x"}, "subs/a.toml", "+evil")
    say(capsys, "grade", "subs")
    rows = list(csv.DictReader(io.StringIO(Path("results.csv").read_text(encoding="utf-8"))))
    assert [row["given"] for row in rows] == ["'=HYPERLINK(1)", "-3", "'-8/2", "'@x"]
    assert rows[0]["student"] == "'+evil"
    assert safe_cell("\t=1") == "'\t=1" and safe_cell(-2.5) == -2.5 and safe_cell("plain") == "plain"


def test_nothing_gradable_is_exit_code_2(capsys):
    Path("empty").mkdir()
    code, _, err = say(capsys, "grade", "empty")
    assert code == 2 and "no answer sheet" in err and not Path("results.jsonl").exists()
    sheet(RIGHT, "bad/a.toml", version=9)
    assert say(capsys, "grade", "bad")[0] == 2
    assert say(capsys, "grade", "nowhere")[0] == 2


def test_output_that_cannot_be_written_is_exit_code_2(capsys):
    path = sheet(RIGHT)
    assert "cannot be written" in say(capsys, "grade", path, "-o", "no/such/dir/r.jsonl")[2]
    code, _, err = say(capsys, "grade", path, "--format", "cvs")
    assert code == 2 and "did you mean 'csv'" in err
    assert say(capsys, "grade", path, "--format", "jsonl")[0] == 0
    assert sorted(p.name for p in Path().iterdir()) == ["results.jsonl", "sheet.toml"]


def test_a_grader_that_fails_is_not_a_zero(capsys, monkeypatch):
    import graphtutor.exercises.submission as submission

    sheet(RIGHT, "subs/a.toml")
    monkeypatch.setattr(submission, "grade_answers", lambda *_, **__: 1 / 0)
    assert say(capsys, "grade", "subs")[0] == 2
    record = json.loads(Path("results.jsonl").read_text())
    assert (record["status"], record["score"]) == ("grader_error", None)


def test_lint_proves_our_own_exercises_and_says_what_is_bad(capsys):
    code, out, _ = say(capsys, "exercise", "lint")
    assert code == 0 and "bad" not in out
    Path("bad.toml").write_text("format = 1")
    code, out, _ = say(capsys, "exercise", "lint", "bad.toml")
    assert code == 1 and "the key `kind` is missing" in out


def test_a_missing_verb_and_an_unknown_language_are_usage_errors(capsys):
    with pytest.raises(SystemExit) as left:
        main(["exercise"])
    assert left.value.code == 2
    assert say(capsys, "exercise", "list", "--lang", "fr")[0] == 2
