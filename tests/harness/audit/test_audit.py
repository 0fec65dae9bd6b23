"""The audit: what is found, what is accepted, and what no longer is there."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from harness.audit import engine
from harness.audit.baseline import Accepted, Baseline, proposal
from harness.audit.engine import detect
from harness.audit.errors import AuditError
from harness.audit.finding import Finding
from harness.audit.proofs import Proofs
from harness.audit.run import SUMMARY, run_audit
from harness.check.verdict import ExitCode, Outcome, Verdict, exit_code

CLEAN = "contract Clean { uint256 public total; function add(uint256 x) external { total += x; } }"
SUICIDAL = "contract Open {{ {0} function end(address payable to) external {{ selfdestruct(to); }} }}"
FINDING = Finding(
    "timestamp", "Low", "Medium", "Pool.f()", "Pool.sol", 3, 4, "uses timestamp", "0011223344556677"
)


def entry(finding: Finding, **changes: object) -> Accepted:
    made = Accepted(finding.detector, finding.place, finding.file, finding.fingerprint, "a good reason")
    return replace(made, **changes)


def test_a_clean_tree_holds_and_says_how_many_detectors_ran(tree):
    verdicts = run_audit(tree({"Clean.sol": CLEAN}), Baseline(), "toy")

    assert [(each.property, each.outcome) for each in verdicts] == [(SUMMARY, Outcome.HELD)]
    assert len(verdicts[0].evidence["detectors"]) >= 100
    assert exit_code(verdicts) is ExitCode.HOLDS


def test_a_finding_that_no_entry_explains_breaks_the_audit(tree):
    verdicts = run_audit(tree({"Open.sol": SUICIDAL.format("")}), Baseline(), "toy")

    suicidal = next(each for each in verdicts if each.property == "suicidal")
    assert suicidal.outcome is Outcome.FOUND
    assert suicidal.function == "Open.end(address)"
    assert suicidal.evidence["finding"]["file"] == "Open.sol"
    assert suicidal.evidence["finding"]["first_line"] == 3
    assert exit_code(verdicts) is ExitCode.BROKEN


def test_an_accepted_finding_holds_with_its_reason_wherever_its_lines_move(tree):
    findings = detect(tree({"Open.sol": SUICIDAL.format("")})).findings
    baseline = Baseline(tuple(entry(each) for each in findings))

    verdicts = run_audit(
        tree({"Open.sol": "\n\n" + SUICIDAL.format("event Nothing();\n\n")}), baseline, "toy"
    )

    assert {each.outcome for each in verdicts} == {Outcome.HELD}
    assert any(each.detail == "accepted: a good reason" for each in verdicts)


def test_an_entry_that_explains_nothing_any_more_is_reported(tree):
    gone = entry(replace(FINDING, file="Clean.sol"))

    verdicts = run_audit(tree({"Clean.sol": CLEAN}), Baseline((gone,)), "toy")

    assert [(each.property, each.outcome) for each in verdicts] == [
        ("timestamp", Outcome.FOUND),
        (SUMMARY, Outcome.FOUND),
    ]
    assert "stale baseline entry 0011223344556677" in verdicts[0].detail


def test_entries_about_other_sources_are_left_alone():
    triage = Baseline((entry(FINDING),)).triage([FINDING], ["Other.sol"])

    assert (triage.accepted, triage.new, triage.stale) == ((), (), ())


def test_a_second_equal_finding_is_new_unless_the_count_says_two():
    twice = [FINDING, replace(FINDING, first_line=30)]

    assert len(Baseline((entry(FINDING),)).triage(twice, ["Pool.sol"]).new) == 1
    assert Baseline((entry(FINDING, count=2),)).triage(twice, ["Pool.sol"]).new == ()
    assert len(Baseline((entry(FINDING, count=3),)).triage(twice, ["Pool.sol"]).stale) == 1


def test_the_same_finding_in_two_files_has_two_fingerprints(tree):
    files = {f"{name}/Open.sol": SUICIDAL.format("") for name in ("a", "b")}
    found = [each for each in detect(tree(files)).findings if each.detector == "suicidal"]

    assert len({each.fingerprint for each in found}) == 2


def test_a_comment_cannot_silence_a_finding(tree):
    silenced = "// slither-disable-start all\n" + SUICIDAL.format("") + "\n// slither-disable-end all"

    assert "suicidal" in {each.detector for each in detect(tree({"Open.sol": silenced})).findings}


def test_findings_about_dependencies_only_are_left_out(tree):
    files = {
        "C.sol": 'import "dep/Open.sol"; contract C is Open {}',
        "node_modules/dep/Open.sol": SUICIDAL.format(""),
    }
    found = detect(tree(files)).findings

    assert all(each.file == "C.sol" for each in found)
    assert "suicidal" not in {each.detector for each in found}


def test_a_detector_that_fails_leaves_the_audit_undecided(tree, monkeypatch):
    broken = engine.detector_classes()[0]
    monkeypatch.setattr(broken, "_detect", lambda self: [][0])

    verdicts = run_audit(tree({"Clean.sol": CLEAN}), Baseline(), "toy")

    assert [each.outcome for each in verdicts] == [Outcome.UNKNOWN, Outcome.UNKNOWN]
    assert "the detector failed: IndexError" in verdicts[0].detail
    assert exit_code(verdicts) is ExitCode.INCOMPLETE


def test_an_audit_prints_nothing(tree, capfd, caplog):
    with caplog.at_level(logging.INFO):
        detect(tree({"Open.sol": SUICIDAL.format("")}))

    assert capfd.readouterr() == ("", "")


def test_a_tree_that_slither_cannot_read_is_a_clear_error(tree, monkeypatch):
    monkeypatch.setattr(engine, "crytic_compile", lambda tree: {}["nothing"])

    with pytest.raises(AuditError, match=r"Slither cannot analyse .*root \(KeyError: 'nothing'\)"):
        detect(tree({"Clean.sol": CLEAN}))


def test_what_is_proposed_needs_only_reasons_to_become_a_baseline(tree, tmp_path):
    found = detect(tree({"Open.sol": SUICIDAL.format("")})).findings
    text = proposal(found)
    path = tmp_path / "baseline.toml"

    path.write_text(text)
    with pytest.raises(AuditError, match="give the reason why it is accepted"):
        Baseline.load(path)

    path.write_text(text.replace('reason = ""', 'reason = "because \\"it\\" is a toy"'))
    assert Baseline.load(path).triage(found, ["Open.sol"]).new == ()


ENTRY = (
    '[[accepted]]\ndetector = "a"\nplace = "P.f()"\nfile = "P.sol"\nfingerprint = "00"\nreason = "because"\n'
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("= 1", "is not valid TOML"),
        ("other = 1", r"may hold tables \[\[accepted\]\] only"),
        ("accepted = [1]", "entry 1: not a table"),
        (ENTRY.replace("because", " "), r"entry 1 \(a in P\.f\(\)\): give the reason"),
        (ENTRY.replace("reason", "reasons"), "entry 1: unknown key 'reasons'"),
        (ENTRY.replace('fingerprint = "00"\n', ""), "entry 1: 'fingerprint' is missing"),
        (ENTRY.replace('"00"', "0"), "entry 1: 'fingerprint' must be text"),
        (ENTRY + "count = 0", "entry 1: 'count' must be at least 1"),
        (ENTRY + ENTRY, "accepts fingerprint 00 twice"),
    ],
)
def test_a_baseline_of_another_form_is_a_clear_error(tmp_path, text, message):
    path = tmp_path / "baseline.toml"
    path.write_text(text)

    with pytest.raises(AuditError, match=message):
        Baseline.load(path)


def test_a_baseline_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(AuditError, match=r"gone\.toml cannot be read"):
        Baseline.load(tmp_path / "gone.toml")


def proofs(**outcomes: Outcome) -> Proofs:
    verdicts = [Verdict("toy", "prove", name, "f()", outcome, 0.0) for name, outcome in outcomes.items()]
    elsewhere = Verdict("toy", "prove", "a_rule", "g()", Outcome.PROVED, 0.0)
    return Proofs.of(["a_rule", "another"], [*verdicts, elsewhere] if outcomes else [])


@pytest.mark.parametrize(
    ("known", "outcome", "said"),
    [
        (
            proofs(a_rule=Outcome.PROVED, another=Outcome.PROVED),
            Outcome.HELD,
            "accepted: why Flagged, and proved harmless by `a_rule`, `another`.",
        ),
        (
            proofs(another=Outcome.PROVED, a_rule=Outcome.UNKNOWN),
            Outcome.UNKNOWN,
            "why Not shown to be harmless: `a_rule`, which is to prove it, is UNKNOWN."
            " Flagged, and proved harmless by `another`.",
        ),
        (
            proofs(a_rule=Outcome.REFUTED, another=Outcome.REFUTED),
            Outcome.FOUND,
            "why Not shown to be harmless: `a_rule`, `another`, which are to prove it, are REFUTED.",
        ),
        (
            proofs(),
            Outcome.HELD,
            "accepted: why `a_rule`, `another` are to prove it harmless; this run did not try.",
        ),
        (
            Proofs.of(["a_rule"], []),
            Outcome.UNKNOWN,
            "why `a_rule`, `another` are to prove it harmless, but no property of that name is stated.",
        ),
    ],
    ids=["proved", "undecided", "broken", "not asked", "no such property"],
)
def test_an_accepted_finding_is_as_harmless_as_the_properties_that_it_names_are_proved(
    tree, tmp_path, known, outcome, said
):
    found = detect(tree({"Open.sol": SUICIDAL.format("")})).findings
    path = tmp_path / "baseline.toml"
    path.write_text(
        proposal(found).replace('reason = ""', 'reason = "why"\nproved_by = ["a_rule", "another"]')
    )

    compiled = tree({"Open.sol": SUICIDAL.format("")})
    verdict = run_audit(compiled, Baseline.load(path), "toy", proofs=known)[0]

    assert (verdict.outcome, verdict.detail) == (outcome, said)
    assert list(verdict.evidence["proofs"]) == ["a_rule", "another"]


def test_a_list_of_concerned_files_does_not_change_the_fingerprint(tree):
    texts = {f"{name}.sol": f"pragma solidity ^0.8.20; contract {name} {{}}" for name in "ABC"}
    fewer = detect(tree({"A.sol": texts["A.sol"]})).findings
    more = detect(tree(texts)).findings

    def prints(findings):
        return {each.fingerprint for each in findings if each.detector == "solc-version"}

    assert len(prints(fewer)) == 1
    assert prints(fewer) == prints(more)
