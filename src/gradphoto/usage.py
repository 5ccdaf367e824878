"""The command group: wrong usage ends in two lines, Chinese and English, and exit code 2; an interruption says so.

The parser's own words are English; `in_chinese` says the same in Chinese, from the few patterns that they follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

INTERRUPTED = 130
# `UsageError` and the error above it: the parser's package is not always importable under one name.
PARSER_ERROR: type[Exception] = typer.BadParameter.__mro__[2]
RESUMABLE = frozenset({"standardize"})

# What the parser says -> the same in Chinese. The first pattern that fits counts.
PATTERNS: tuple[tuple[str, str], ...] = (
    (r"Missing argument '(?P<what>.+?)'", "缺少参数 {what}"),
    (r"Missing option (?P<what>'.+?')\.", "缺少选项 {what}"),
    (r"Missing command", "缺少命令"),
    (r"No such command '(?P<what>.+?)'", "没有这个命令：{what}"),
    (r"No such option:? '?(?P<what>-[^\s'.]+)", "没有这个选项：{what}"),
    (r"Option '(?P<what>.+?)' requires", "选项 {what} 后面缺少内容"),
    (r"Option '(?P<what>.+?)' does not take", "选项 {what} 后面不能带内容"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<what>.+)\)", "多出了参数：{what}"),
    (r"Invalid value for (?P<what>'.+?'): (?P<why>.+)", "{what} 不对：{why}"),
)
VALUES: tuple[tuple[str, str], ...] = (
    (r"(?:path|file|dir|directory) '(?P<what>.+)' does not exist", "没有这个文件或文件夹：{what}"),
    (r"(?:path|file) '(?P<what>.+)' is a directory", "{what} 是文件夹，这里需要文件"),
    (r"(?:path|dir|directory) '(?P<what>.+)' is a file", "{what} 是文件，这里需要文件夹"),
    (r"'(?P<what>.+)' is not readable", "没有权限读取 {what}"),
    (r"'(?P<what>.+)' is not writable", "没有权限写入 {what}"),
    (r"'(?P<what>.*)' is not one of (?P<choices>.+?)\.?$", "“{what}” 不在可选值中：{choices}"),
    (r"valid int", "应为整数"),
    (r"valid (?:float|number)", "应为数字"),
    (r"greater than or equal to (?P<end>\S+)", "不能小于 {end}"),
    (r"less than or equal to (?P<end>\S+)", "不能大于 {end}"),
    (r"not in the range (?P<range>.+?)\.?$", "超出范围 {range}"),
)


class Commands(TyperGroup):
    """The group of all commands: says what went wrong in both languages and returns the exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs a command and ends the process with its exit code, unless `standalone_mode` is off."""
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except typer.Abort:
            code = INTERRUPTED
        except PARSER_ERROR as error:
            code = _told(error)
        if standalone_mode:
            raise SystemExit(code if isinstance(code, int) else 0)
        return code

    def invoke(self, ctx: Any) -> Any:
        """Runs the command; Ctrl-C is answered in words."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            typer.echo("\n" + interrupted(ctx.invoked_subcommand), err=True)
            raise typer.Exit(INTERRUPTED) from None


def interrupted(command: str | None) -> str:
    """What Ctrl-C is answered with: of a command that resumes, that it does."""
    if command in RESUMABLE:
        return "已中断，再次运行会接着做。\nInterrupted; run again to go on."
    return "已中断。\nInterrupted."


def in_chinese(message: str) -> str:
    """The parser's message in Chinese; of one that fits no pattern, that the usage is wrong."""
    return _said(message, PATTERNS) or "用法不对"


def _said(message: str, patterns: Sequence[tuple[str, str]]) -> str | None:
    for pattern, zh in patterns:
        if found := re.search(pattern, message, re.DOTALL | re.IGNORECASE):
            parts = {name: text.replace("'", "") for name, text in found.groupdict().items()}
            if "why" in parts:
                parts["why"] = _said(found["why"], VALUES) or "值不合要求"
            return zh.format(**parts)
    return None


def _told(error: Exception) -> int:
    """Prints a parser's error in both languages, with where to find help; returns the exit code."""
    message = str(getattr(error, "format_message", lambda: error)()).strip()
    if not message:  # a group called without a command has printed its help already
        return int(getattr(error, "exit_code", 2))
    context = getattr(error, "ctx", None)
    typer.echo(f"{in_chinese(message)}。\n{message}", err=True)
    if context is not None:
        typer.echo(f"用法 Usage: {context.command_path} --help", err=True)
    return int(getattr(error, "exit_code", 2))
