"""Train: a proposer for a language, from programs drawn from it; resumable, on whatever device there is."""

import json
import os
import re
import time
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch.utils.data import IterableDataset, get_worker_info
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

from dsl.errors import NesyError
from dsl.inputs import seeded
from dsl.language import DSL
from dsl.laws import same
from dsl.program import Program
from dsl.spec import Spec
from dsl.syntax import parse_type
from dsl.types import AnyType, Type
from nesy.proposer.card import card
from nesy.proposer.direct import predict, taught
from nesy.proposer.given import Given
from nesy.proposer.graft import grafted, twins
from nesy.proposer.like import Like
from nesy.proposer.model import ProgramModel, build, known, padded, signatures
from nesy.proposer.propose import Transformer, Unread
from nesy.proposer.replay import Mixed, Replay, collect
from nesy.proposer.samples import Sample, Stream
from nesy.proposer.spelling import spelled
from nesy.proposer.tokens import END, Vocabulary
from tasks import tasks_of

IGNORED = -100  # labels that do not count, as torch has it
FOREVER = 10**9  # steps: time is what ends training
CHECKPOINTS, BEGUN = "checkpoints", "training.json"
UNWRITTEN = "PytorchStreamWriter", "unexpected pos"  # what torch says where there is no room
MAY_CHANGE = ("minutes", "save", "held_out")  # of a config, where training goes on
LEAST_JUDGED = 0.5  # minutes for judging, which takes no longer than training did
WARM = 0.05  # of the time, in which the learning rate rises at the latest


@dataclass(frozen=True, kw_only=True)
class Config:
    """How a proposer is trained."""

    minutes: float = 5.0
    size: str | None = None  # small on a GPU, else tiny
    seed: int = 0
    batch: int = 0  # 0: 64 on a GPU, else 16, for more steps
    rate: float = 0.0  # 0: 0.001, or 0.0001 where it begins with what has learned before, which more would undo
    warm: int = 200  # steps until the full rate
    cool: float = 0.3  # share of the time in which it falls to 0
    sizes: tuple[int, int] = (2, 12)
    vary: float = 0.0  # share of numbers and texts in programs that the language does not list
    types: tuple[str, ...] = ()  # as "str, int -> str": those of inputs and output; else all that the language has
    held_out: int = 100  # tasks by which it is judged in the end
    save: float = 60.0  # seconds from one checkpoint to the next
    start: str | None = None  # the folder of a proposer whose weights are trained further
    replay: str | None = None  # tasks for which that proposer writes programs, to be learned from in hindsight
    share: float = 0.25  # of the samples that are replayed
    inputs: str | None = None  # tasks whose inputs are shown
    like: str | None = None  # the folder of a run whose programs are to be like
    direct: float = 0.0  # share of the samples in which an output is asked for, not the program

    def settled(self) -> "Config":
        """With what is usual where nothing is said."""
        return replace(self, batch=self.batch or (64 if torch.cuda.is_available() else 16),
                       rate=self.rate or (1e-3 if self.start is None else 1e-4))


class Clock:
    """How much of the time is used; goes on where an earlier run stopped."""

    def __init__(self, config: Config, used: float = 0.0):
        self.config, self.begin = config, time.monotonic() - used

    @property
    def used(self) -> float:
        """Seconds."""
        return time.monotonic() - self.begin

    def factor(self, step: int) -> float:
        """What the learning rate is multiplied by: up at first, level, and down to 0 in the end."""
        done = self.used / (60 * self.config.minutes)
        warm = max((step + 1) / self.config.warm, done / WARM)
        return max(0.0, min(1.0, warm, (1 - done) / self.config.cool))


class Drawn(IterableDataset):
    """The stream as batches of tokens, each of which depends on its number alone, whoever draws it.

    direct: the share of samples in which the output of the last example is asked for, not the program.
    """

    def __init__(self, stream: Stream | Mixed, words: Vocabulary, batch: int, start: int, direct: float = 0.0):
        self.stream, self.words, self.batch, self.start, self.direct = stream, words, batch, start, direct

    def __iter__(self) -> Iterator[dict]:
        worker = get_worker_info()
        at, step = (worker.id, worker.num_workers) if worker else (0, 1)
        number = self.start + at
        while True:
            for i in range(number * self.batch, (number + 1) * self.batch):
                outright = self.direct and seeded("direct", i).random() < self.direct
                yield (said if outright else tokens)(self.stream, self.words, self.stream.sample(i))
            number += step


def tokens(stream: Stream | Mixed, words: Vocabulary, sample: Sample) -> dict:
    """A sample's examples and program as numbers."""
    return {"examples": [words.example(e) for e in sample.spec.examples],
            "labels": words.numbers([*words.program(stream.grammar(sample.spec), sample.program), END])}


def said(stream: Stream | Mixed, words: Vocabulary, sample: Sample) -> dict:
    """A sample's examples, the last without its output, and that output as numbers."""
    *shown, last = sample.spec.examples
    return {"examples": [*map(words.example, shown), words.question(last.inputs)],
            "labels": words.numbers([*spelled(last.output), END])}


def collated(rows: list[dict]) -> dict[str, torch.Tensor]:
    """A batch: examples (tasks, examples, words) and labels (tasks, words)."""
    labels = torch.full((len(rows), max(len(r["labels"]) for r in rows)), IGNORED)
    for i, row in enumerate(rows):
        labels[i, :len(row["labels"])] = torch.tensor(row["labels"])
    return {"input_ids": padded([r["examples"] for r in rows]), "labels": labels}


class _Watch(TrainerCallback):
    """Ends training when the time is over, and keeps the time used with every checkpoint."""

    def __init__(self, clock: Clock, notice):
        self.clock, self.notice, self.saved = clock, notice, clock.used
        self.stepped = False  # whether what was loaded has served for a step

    def on_step_end(self, args, state, control, **_):
        self.stepped = True
        if self.clock.used > self.saved + self.clock.config.save:
            control.should_save, self.saved = True, self.clock.used
        if self.clock.used > 60 * self.clock.config.minutes:
            control.should_training_stop = control.should_save = True
        return control

    def on_log(self, args, state, control, logs=None, **_):
        if logs and "loss" in logs:
            self.notice(f"step {state.global_step}: loss {float(logs['loss']):.3f}, {self.clock.used / 60:.1f} of "
                        f"{self.clock.config.minutes:g} minutes")

    def on_save(self, args, state, control, **_):
        folder = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        if folder.is_dir():
            (folder / "seconds.txt").write_text(f"{self.clock.used:.3f}\n", "utf-8")


def train(dsl: DSL, out: Path, config: Config = Config(), *, resume: bool = False, command: str = "",
          replay: Replay | None = None, notice=lambda text: None) -> dict:
    """Train a proposer and save it in a folder, with a model card; returns what was measured.

    Samples of `replay` are shown beside the drawn ones, as those are that `config.replay` asks for.

    Raises:
        NesyError: for a language from which nothing can be drawn, and a folder that cannot be written.
    """
    config, stream = config.settled(), streamed(dsl, config)
    stream.sample(0)  # a language that cannot be learned says so at once
    made = out / CHECKPOINTS
    last = get_last_checkpoint(str(made)) if made.is_dir() else None
    if last and not resume:
        raise NesyError(f"--out {out}: holds a training already; go on with --resume, or name another folder")
    steps, used = (int(last.rsplit("-", 1)[1]), _seconds(Path(last))) if last and resume else (0, 0.0)
    if config.start and config.size:
        raise NesyError(f"--size {config.size}: the proposer of --start has a size of its own; leave one of them out")
    gpu = torch.cuda.is_available()
    size = recorded(out, dsl, config, "small" if gpu else "tiny", resume=last is not None)
    model, by = begun(config, dsl) if config.start else (build(dsl, size, config.seed), {})
    words = known(model.config, dsl)
    model.config.direct = taught(model) or config.direct > 0  # pyright: ignore[reportAttributeAccessIssue]
    if replay is None and config.replay is not None:
        replay = replayed(model, stream, config, notice)
    shown = stream if replay is None else Mixed(stream, replay, config.share)
    clock = Clock(config, used)
    watch = _Watch(clock, notice)
    boards = ["tensorboard"] if find_spec("tensorboard") else []
    if boards:
        os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(out / "logs"))
    arguments = TrainingArguments(
        output_dir=str(made), max_steps=FOREVER, per_device_train_batch_size=config.batch, seed=config.seed,
        bf16=gpu or _halves(), use_cpu=not gpu, dataloader_num_workers=max(1, (os.cpu_count() or 2) - 1),
        save_strategy="no", save_total_limit=2, logging_steps=50, report_to=boards,
        disable_tqdm=True, ignore_data_skip=True, remove_unused_columns=False, dataloader_prefetch_factor=4)
    optimiser = torch.optim.AdamW(model.parameters(), lr=config.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, clock.factor)
    batches = Drawn(shown, words, config.batch, steps, config.direct)
    trainer = Trainer(model=model, args=arguments, train_dataset=batches, data_collator=collated,
                      optimizers=(optimiser, schedule), callbacks=[watch])
    trainer.remove_callback(PrinterCallback)  # it writes to standard output
    begin = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            trainer.train(resume_from_checkpoint=last if resume else None)
    except Exception as error:
        cause = _cause(error, out, config, last if resume and not watch.stepped else None)
        if cause is None:
            raise
        raise NesyError(cause) from None
    done = trainer.state.global_step
    model = model.to("cpu").eval()  # pyright: ignore[reportArgumentType]
    record = {
        "language": dsl.name, "parameters": sum(p.numel() for p in model.parameters()), "steps": done,
        "samples": done * config.batch, "seconds": round(clock.used, 1),
        "samples_per_second": round((done - steps) * config.batch / max(1e-9, time.monotonic() - begin), 1),
        "device": torch.cuda.get_device_name() if gpu else "cpu",
        "losses": [(x["step"], x["loss"]) for x in trainer.state.log_history if "loss" in x],
        "twins": by, "replayed": len(shown.replay.samples) if isinstance(shown, Mixed) else 0,
        "config": asdict(config), "command": command}
    save(model, out, record)  # before it is judged, which takes a while
    record |= judged(model, stream, config)
    save(model, out, record)
    return record


def recorded(out: Path, dsl: DSL, config: Config, size: str, *, resume: bool) -> str:
    """The size of a model to be trained in a folder; what it is trained with is kept there, and is the same later on.

    Raises:
        NesyError: where training goes on with other options, or for another language, than it began with.
    """
    options = {k: v for k, v in asdict(config).items() if k not in MAY_CHANGE}
    file, given = out / BEGUN, {"language": dsl.name, "primitives": signatures(dsl),
                                "constants": [*map(str, dsl.constants)], **options}
    given = json.loads(json.dumps(given))
    if not resume:
        given["size"] = given["size"] or size
        out.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(given, indent=1) + "\n", "utf-8")
        return given["size"]
    try:
        was = json.loads(file.read_text("utf-8"))
        given["size"] = given["size"] or was["size"]
    except (OSError, ValueError, KeyError, TypeError):
        raise NesyError(f"{file}: does not say what training began with; name another --out") from None
    for key, value in given.items():
        if was.get(key) != value:
            raise NesyError(f"--resume: that training had {key}={was.get(key)!r}, not {value!r}; give the options that "
                            "it began with, or name another --out")
    return given["size"]


def began_with(out: Path) -> str | None:
    """The proposer that the training in a folder began with; None where it began from scratch, or there is none."""
    try:
        start = json.loads((out / BEGUN).read_text("utf-8"))["start"]
    except (OSError, ValueError, KeyError, TypeError):  # which is said when the rest of it is read
        return None
    return start if isinstance(start, str) else None


def _halves() -> bool:
    """Whether the CPU multiplies in bfloat16, which takes about two thirds of the time."""
    told = getattr(torch.cpu, "get_capabilities", dict)()  # which older versions do not tell
    return bool(told.get("avx512_bf16") or told.get("amx_bf16"))


def _cause(error: Exception, out: Path, config: Config, loaded: str | None) -> str | None:
    """What the user can do about an error of a training, which may have begun by loading a checkpoint."""
    said = " ".join(str(error).split())[:120]
    if isinstance(error, NesyError):  # of a process that draws samples, with its traceback before
        return re.split(r"^dsl\.errors\.\w+: ", str(error).rstrip(), flags=re.MULTILINE)[-1]
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in said:
        return f"--batch {config.batch}: not enough memory; train with a smaller one, in another --out"
    if isinstance(error, OSError | SafetensorError) and loaded is None or any(w in said for w in UNWRITTEN):
        return f"--out {out}: cannot be written ({said}); make room and go on with --resume"
    return None if loaded is None else f"{loaded}: damaged ({said}); remove it and go on with --resume"


def begun(config: Config, dsl: DSL) -> tuple[ProgramModel, dict[str, str]]:
    """The proposer that training starts from; one for another language gives its weights, and words that both have.

    Of the latter, also the primitives that begin with another's word, and which one's that is.

    Raises:
        NesyError: where there is none, or one of another language is asked to write programs.
    """
    start = Transformer.load(str(config.start)).model
    try:
        known(start.config, dsl)
    except NesyError:
        if config.replay is not None:
            raise
        by = twins(start, dsl)
        return grafted(start, dsl, config.seed, by), by
    return start, {}


def streamed(dsl: DSL, config: Config) -> Stream:
    """What a proposer is shown."""
    given = like = None
    if config.inputs is not None and config.types:
        raise NesyError("--types: the tasks of --inputs bring types of their own; leave one of them out")
    if config.inputs is not None:
        tasks = tasks_of(config.inputs, config.seed)
        given = Given.of(map(tasks.task, tasks.ids))
    if config.like is not None:
        like = Like.of_run(Path(config.like), dsl)
    return Stream(dsl, seed=config.seed, sizes=config.sizes, vary=config.vary, given=given, like=like,
                  types=tuple(_signature(text, dsl) for text in config.types))


def _signature(text: str, dsl: DSL) -> tuple[tuple[AnyType, ...], AnyType]:
    """Types of inputs and output, as "str, int -> str"."""
    inputs, _, output = text.rpartition("->")
    try:
        found = parse_type(f"Callable[[{inputs}], {output}]", dsl.classes)
    except NesyError:
        found = None
    if not isinstance(found, Type) or len(found.args) < 2:
        raise NesyError(f'--types {text!r}: no types of inputs and output; write for example "str, int -> str"')
    return found.args[:-1], found.args[-1]


def replayed(model: ProgramModel, stream: Stream, config: Config, notice=lambda text: None) -> Replay:
    """What the proposer that training starts from writes for real tasks.

    Raises:
        NesyError: where there is no such proposer, or nothing of what it writes can be learned from.
    """
    if config.start is None:
        raise NesyError("--replay: needs --start, a proposer that writes programs for the tasks")
    tasks = tasks_of(str(config.replay), config.seed)
    found = collect(Transformer(model), map(tasks.task, tasks.ids), stream, seed=config.seed, notice=notice)
    if not found.samples:
        raise NesyError(f"--replay {config.replay}: no program that was written for these tasks does anything with "
                        "their inputs")
    return found


def _seconds(checkpoint: Path) -> float:
    try:
        return float((checkpoint / "seconds.txt").read_text("utf-8"))
    except (OSError, ValueError):
        raise NesyError(f"{checkpoint}: damaged (it does not say how long it took); remove it and resume") from None


def judged(model: ProgramModel, stream: Stream, config: Config, many: int = 16) -> dict:
    """On tasks whose programs and behaviours this training never shows: how many its first and best proposals solve."""
    held = replace(stream, seed=config.seed + 1, vary=0.0, held_out=True)
    proposer, first, some, outright = Transformer(model), 0, 0, 0
    asked, seen = 0, set[Program]()
    until = time.monotonic() + 60 * max(LEAST_JUDGED, config.minutes)
    for i in range(config.held_out):
        try:
            sample = held.sample(i)
        except NesyError:  # of few behaviours none may be held out
            break
        if time.monotonic() > until:
            break
        if sample.program in seen:
            continue
        seen.add(sample.program)
        try:
            right = [sample.spec.holds(p.program) for p in proposer.propose(stream.dsl, sample.spec, many, 16)]
        except Unread:
            continue
        asked += 1
        first, some = first + bool(right[:1] == [True]), some + any(right)
        if config.direct:
            *shown, last = sample.spec.examples
            spec = Spec(inputs=sample.spec.inputs, output=sample.spec.output, examples=shown)
            outright += same(predict(proposer, stream.dsl, spec, last.inputs, 1), (last.output,))
    n = max(1, asked)
    return {"held_out": asked, "solved_by_first": first / n, f"solved_by_{many}": some / n,
            **({"said_outright": outright / n} if config.direct else {})}


def save(model: ProgramModel, out: Path, record: dict) -> None:
    """Write a proposer with its card.

    Raises:
        NesyError: if the folder cannot be written.
    """
    try:
        model.save_pretrained(out)
        (out / "README.md").write_text(card(record), "utf-8")
    except Exception as error:  # safetensors has exceptions of its own for a full disk
        said = " ".join(str(error).split())[:160]
        raise NesyError(f"--out {out}: the proposer cannot be saved ({said}); make room and go on with --resume"
                        ) from None
