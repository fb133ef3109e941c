"""How good the tags are: per trigger and as a whole, with the worst misses; and the floors below which CI fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from classify.examples import Example
from classify.triggers import Judgement

FLOORS = Path(__file__).parent / "floors.json"
Part = Literal["sentences", "documents", "few"]
"""What was judged: our held-out sentences; real documents, cross-validated; the same, of a third of them."""
_BINS = 5


@dataclass(frozen=True, slots=True)
class Miss:
    """A tag that is wrong: the score, the truth, and a quote (ours where we fired, the labeller's where we did not)."""

    id: str
    title: str
    trigger: str
    score: float
    truth: bool
    quote: str


@dataclass(frozen=True, slots=True)
class TriggerScore:
    """One trigger over a labelled set. `calibration` rows are (mean score, share true, count) of fifths of 0..1."""

    trigger: str
    precision: float
    recall: float
    f1: float
    ap: float
    brier: float
    confusion: Mapping[str, int]
    calibration: tuple[tuple[float, float, int], ...]
    direction: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All triggers, their plain means, and the worst misses first. `direction` counts true positives of known
    direction.
    """

    triggers: tuple[TriggerScore, ...]
    macro_f1: float
    macro_ap: float
    brier: float
    direction: float | None
    documents: int
    misses: tuple[Miss, ...]


def evaluate(examples: Sequence[Example], judged: Sequence[Sequence[Judgement]], most_misses: int = 20) -> Report:
    """Score judgements against the examples they were made of (same order). Triggers that nobody labelled are left out.

    Raises ValueError where nothing at all is labelled.
    """
    pairs = [(e, j) for e, row in zip(examples, judged, strict=True) for j in row if j.trigger in e.labels]
    if not pairs:
        raise ValueError("none of the examples is labelled for a trigger that was judged")
    names = tuple(dict.fromkeys(j.trigger for _, j in pairs))
    scores = tuple(_score(name, [(e, j) for e, j in pairs if j.trigger == name]) for name in names)
    wrong = sorted((p for p in pairs if p[1].fires != p[0].labels[p[1].trigger]), key=_badness, reverse=True)
    return Report(
        scores,
        _mean([s.f1 for s in scores]),
        _mean([s.ap for s in scores]),
        _mean([s.brier for s in scores]),
        _direction(pairs),
        len(examples),
        tuple(_miss(e, j) for e, j in wrong[:most_misses]),
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report as plain values, figures to three decimals."""
    return {
        "documents": report.documents,
        "macro_f1": report.macro_f1,
        "macro_ap": report.macro_ap,
        "brier": report.brier,
        "direction_accuracy": report.direction,
        "triggers": {
            s.trigger: {
                k: getattr(s, k)
                for k in ("precision", "recall", "f1", "ap", "brier", "confusion", "calibration", "direction")
            }
            for s in report.triggers
        },
        "misses": [{k: getattr(m, k) for k in Miss.__slots__} for m in report.misses],
    }


def as_text(report: Report) -> str:
    """The report for a terminal."""
    head = (
        f"{'trigger':<12}{'precision':>10}{'recall':>8}{'F1':>7}{'AP':>7}{'Brier':>7}{'direction':>10}   tp  fp  fn  tn"
    )
    lines = [head, *(_line(s) for s in report.triggers)]
    way = "-" if report.direction is None else f"{report.direction:.3f}"
    lines.append(
        f"macro F1 {report.macro_f1:.3f}, AP {report.macro_ap:.3f}, Brier {report.brier:.3f}, direction {way}, "
        f"{report.documents} documents"
    )
    lines.append("calibration: of the tags that scored so much, the share that is true (number of tags)")
    lines.extend(f"{s.trigger:<12}" + "  ".join(map(_fifth, s.calibration)) for s in report.triggers)
    lines.extend(
        f"{'missed' if m.truth else 'false alarm'} {m.trigger} {m.score:.2f} {m.id} {m.title[:40]}: {m.quote}"
        for m in report.misses
    )
    return "\n".join(lines)


def floors(path: Path = FLOORS, part: Part = "sentences") -> dict[str, float]:
    """The least figures allowed, by name (`quota.f1`, `macro_f1`, `direction_accuracy`); of `brier`, the most.

    A file holds one object of figures, or one for each `Part`, as the pinned one does.
    """
    written = json.loads(path.read_text(encoding="utf-8"))
    return {k: float(v) for k, v in written.get(part, written).items()}


def below(report: Report, least: Mapping[str, float]) -> list[str]:
    """One line for every floor that the report misses; empty where it holds."""
    figures = _figures(report)
    told = []
    for name, floor in least.items():
        value = figures.get(name, 0.0)
        if value > floor if name.endswith("brier") else value < floor:
            told.append(
                f"{name}: {value:.3f}, allowed {'at most' if name.endswith('brier') else 'at least'} {floor:.3f}"
            )
    return told


def _figures(report: Report) -> dict[str, float]:
    figures = {f"{s.trigger}.{k}": getattr(s, k) for s in report.triggers for k in ("f1", "ap", "brier")}
    return figures | {
        "macro_f1": report.macro_f1,
        "macro_ap": report.macro_ap,
        "brier": report.brier,
        "direction_accuracy": report.direction or 0.0,
    }


def _score(name: str, pairs: Sequence[tuple[Example, Judgement]]) -> TriggerScore:
    truth = [e.labels[name] for e, _ in pairs]
    fired = [j.fires for _, j in pairs]
    both = list(zip(fired, truth, strict=True))
    tp, fp, fn = both.count((True, True)), both.count((True, False)), both.count((False, True))
    precision, recall = tp / max(tp + fp, 1), tp / max(tp + fn, 1)
    scored = [(j.score, y) for (_, j), y in zip(pairs, truth, strict=True)]
    return TriggerScore(
        name,
        round(precision, 3),
        round(recall, 3),
        round(2 * precision * recall / max(precision + recall, 1e-9), 3),
        round(average_precision(scored), 3),
        _mean([(s - y) ** 2 for s, y in scored]),
        {"tp": tp, "fp": fp, "fn": fn, "tn": len(pairs) - tp - fp - fn},
        _calibration(scored),
        _direction(pairs),
    )


def average_precision(scored: Sequence[tuple[float, bool]]) -> float:
    """Mean over the true ones of the precision down to their rank; 0 where none is true."""
    hits, total = 0, 0.0
    for rank, (_, true) in enumerate(sorted(scored, key=lambda p: -p[0]), 1):
        if true:
            hits += 1
            total += hits / rank
    return total / hits if hits else 0.0


def _calibration(scored: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float, int], ...]:
    rows = []
    for n in range(_BINS):
        inside = [(s, y) for s, y in scored if min(int(s * _BINS), _BINS - 1) == n]
        if inside:
            rows.append((_mean([s for s, _ in inside]), _mean([float(y) for _, y in inside]), len(inside)))
    return tuple(rows)


def _direction(pairs: Sequence[tuple[Example, Judgement]]) -> float | None:
    known = [
        j.direction == e.direction[j.trigger]
        for e, j in pairs
        if j.fires and e.labels[j.trigger] and j.trigger in e.direction
    ]
    return _mean([float(k) for k in known]) if known else None


def _badness(pair: tuple[Example, Judgement]) -> float:
    return abs(pair[1].score - pair[0].labels[pair[1].trigger])


def _miss(example: Example, judgement: Judgement) -> Miss:
    truth = example.labels[judgement.trigger]
    ours = judgement.evidence[0].quote if judgement.evidence else ""
    theirs = next(iter(example.quotes.get(judgement.trigger, ())), "")
    quote = theirs if truth else ours
    return Miss(example.id, example.title or example.text[:40], judgement.trigger, judgement.score, truth, quote)


def _line(s: TriggerScore) -> str:
    way = "-" if s.direction is None else f"{s.direction:.3f}"
    counts = "".join(f"{s.confusion[k]:>4}" for k in ("tp", "fp", "fn", "tn"))
    return (
        f"{s.trigger:<12}{s.precision:>10.3f}{s.recall:>8.3f}{s.f1:>7.3f}{s.ap:>7.3f}{s.brier:>7.3f}{way:>10} {counts}"
    )


def _fifth(row: tuple[float, float, int]) -> str:
    told, true, many = row
    return f"{told:.2f}: {true:.2f} ({many})"


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3) if values else 0.0
