"""YAML with line numbers. A checker that cannot say where is no help to whoever typed the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from merit_kit.errors import InstrumentError, Problem

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# A few lines of aliases to aliases can stand for more than any memory holds.
MOST_VALUES = 100_000
_NUMBERS = ("tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")


def read_with_lines(text: str) -> tuple[Any, dict[str, int], list[Problem]]:
    """Read YAML into plain values.

    Numbers with a fraction and dates come back as the text that was typed, so that 2.50 stays
    2.50 and no binary fraction comes between the file and the sum.

    Returns
    -------
    data
        Mappings, lists, text, whole numbers, booleans, None.
    lines : dict
        The line (from 1) of every value, by its path, such as ``aspects[0].number``.
    problems : list of Problem
        Keys given twice; plain YAML readers keep the last and say nothing.

    Raises
    ------
    InstrumentError
        If it is not YAML at all.
    """
    try:
        loader = _LOADER(text)
        try:
            node = loader.get_single_node()
            reading = _Reading(loader)
            data = reading.value(node, "") if node is not None else None
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        found = " ".join(str(getattr(error, "problem", error)).split())
        raise InstrumentError(
            "instrument-unreadable", [Problem(f"{line}", "yaml-broken", found)]
        ) from error
    return data, reading.lines, reading.problems


def written(data: Mapping[str, Any]) -> str:
    """Write an edition's data as YAML that people can read; read again, it is the same."""
    text: str = yaml.dump(
        data,
        Dumper=_Writer,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=100,
    )
    return text


class _Writer(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        """Write out in full what is used in several places."""
        return True


def _represent_text(writer: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Ends of lines that YAML knows and nobody sees; only between these quotes do they survive.
    style = '"' if _ODD_ENDS & set(text) else None
    return writer.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_ODD_ENDS = set("\x85\u2028\u2029")
_Writer.add_representer(str, _represent_text)


class _Reading:
    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def value(self, node: yaml.Node, path: str) -> Any:
        self.lines[path] = node.start_mark.line + 1
        self.count += 1
        if self.count > MOST_VALUES:
            problem = f"more than {MOST_VALUES} values"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, f"{path}[{i}]") for i, item in enumerate(node.value)]
        if node.tag in _NUMBERS:
            return str(node.value)
        try:
            return self.loader.construct_object(node)
        except (ValueError, KeyError) as error:  # such as !!int abc
            raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = f"{path}.{key}" if path else key
            if key in result:
                line = key_node.start_mark.line + 1
                self.problems.append(Problem(f"{here} ({line})", "key-repeated", key))
            result[key] = self.value(value_node, here)
        return result
