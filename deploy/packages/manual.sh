#!/usr/bin/env bash
# Writes the manual page or the bash completion of rowkeeper, from the help of each of its commands.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: deploy/packages/manual.sh man|completion PROGRAM

Writes to standard output, from what `PROGRAM COMMAND --help` says.

Example:
  deploy/packages/manual.sh man build/release/rowkeeper | man -l -
TEXT
}

# help COMMAND WORD...: what the program says, which is asked once.
help() {
  local file=$helps/${*:-root}
  [ -e "$file" ] || "$program" "$@" --help >"$file"
  cat "$file"
}

# The commands below the one that the arguments name, one a line.
subcommands() { help "$@" | sed -n '/^Subcommands:/,/^$/s/^  \([a-z][a-z-]*\)  *.*/\1/p'; }

# Every command that does something, one a line: "serve", "migrate up".
commands() {
  local name below
  for name in $(subcommands); do
    below=$(subcommands "$name")
    if [ -z "$below" ]; then echo "$name"; else awk -v name="$name" '{ print name, $0 }' <<<"$below"; fi
  done
}

# The options and arguments of the command that the arguments name, a line each: its group, how it is written, what it
# means, with tabs between them. In help the text begins in column 31, on the next line when it does not fit.
options() {
  help "$@" | awk '
    { line[NR] = $0 }
    END {
      for (i = 1; i <= NR; ++i) {
        if (line[i] ~ /^(Examples?|Exit codes|Subcommands):/) exit
        if (line[i] ~ /^[A-Z][A-Za-z ]*:$/) { group = line[i]; sub(/:$/, "", group) }
        if (line[i] !~ /^  [^ ]/) continue
        if (line[i + 1] ~ /^                              [^ ]/) {
          head = substr(line[i], 3); text = substr(line[i + 1], 31)
        } else { head = substr(line[i], 3, 28); text = substr(line[i], 31) }
        sub(/ +$/, "", head)
        if (text != "") printf "%s\t%s\t%s\n", group, head, text
      }
    }'
}

# What stands behind the options: exit codes and examples.
footer() { help "$@" | awk '/^(Examples?|Exit codes):/ { on = 1 } on'; }

roff() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\\([.']\\)/\\\\\\&\\1/"; }

man_command() {
  local group head text last='Options'
  printf '.SS rowkeeper %s\n' "$(roff <<<"$*")"
  help "$@" | head -n 1 | roff
  printf '.PP\n.B %s\n' "$(help "$@" | sed -n 's/^Usage: //p' | roff)"
  while IFS=$'\t' read -r group head text; do
    case $head in -h,--help | --help-all) continue ;; esac
    [ "$group" = "$last" ] || [ "$group" = Positionals ] || printf '.PP\n%s:\n' "$group"
    last=$group
    printf '.TP\n.B %s\n%s\n' "$(roff <<<"$head")" "$(roff <<<"$text")"
  done < <(options "$@")
  printf '.PP\n.nf\n'
  footer "$@" | roff
  printf '.fi\n'
}

man_page() {
  local command
  cat <<TEXT
.TH ROWKEEPER 1 "" "$("$program" version | head -n 1 | sed 's/ (.*//')" "User Commands"
.ad l
.nh
.SH NAME
rowkeeper \- serves annotated protobuf messages from PostgreSQL
.SH SYNOPSIS
.B rowkeeper
.I COMMAND
[OPTION]...
.SH DESCRIPTION
Rowkeeper reads .proto files whose messages are annotated as tables, and serves their repositories over gRPC.
Each option can be given as an environment variable (\fBEnv:\fR below) and in the file that \fB\-\-config\fR names, too.
A flag wins over the environment, the environment over the file.
.SH COMMANDS
TEXT
  while read -r command; do
    # shellcheck disable=SC2086  # "migrate up" is two words
    man_command $command
  done < <(commands)
  cat <<'TEXT'
.SH EXIT STATUS
0: done; 1: failed; 2: a mistake in options, environment or configuration file. A reason is on standard error.
.SH SEE ALSO
.BR psql (1),
.BR pg_dump (1)
TEXT
}

# How the options of all commands are written, without their short names.
written_options() {
  local command
  while read -r command; do
    # shellcheck disable=SC2086
    options $command
  done < <(commands) | cut -f 2 | sed 's/^-[A-Za-z],//' | sort -u
}

# The words that complete a command, and a branch for each option that takes files, directories or one of some words.
completion() {
  local command words
  cat <<'TEXT'
# bash completion of rowkeeper; written by deploy/packages/manual.sh

_rowkeeper_words() {
  case $1 in
TEXT
  printf "    '') echo %s ;;\n" "$(subcommands | tr '\n' ' ')"
  for command in $(subcommands); do
    words=$(subcommands "$command" | tr '\n' ' ')
    [ -z "$words" ] || printf "    ' %s') echo %s ;;\n" "$command" "$words"
  done
  while read -r command; do
    # shellcheck disable=SC2086
    words=$(options $command | cut -f 2 | grep -oE '^(-[A-Za-z],)?--[a-z-]+' | sed 's/^-.,//' | tr '\n' ' ')
    printf "    ' %s') echo %s ;;\n" "$command" "$words"
  done < <(commands)
  cat <<'TEXT'
  esac
}

_rowkeeper_values() {
  case $1 in
TEXT
  # shellcheck disable=SC2016  # for the completion to expand
  written_options | sed -nE \
    -e 's/^(--[a-z-]+) DIR.*/    \1) compgen -d -- "$2" ;;/p' \
    -e 's/^(--[a-z-]+) FILE.*/    \1) compgen -f -- "$2" ;;/p' \
    -e "s/^(--[a-z-]+) TEXT:\\{([a-z,]+)\\}.*/    \\1) compgen -W '\\2' -- \"\$2\" ;;/p" | sort -u |
    sed -E ":a; s/(-W '[a-z ]*),/\\1 /; ta"
  cat <<'TEXT'
    *) return 1 ;;
  esac
}

_rowkeeper() {
  local word command= current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} found
  COMPREPLY=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ " $(_rowkeeper_words "$command") " == *" $word "* && $word != -* ]] && command+=" $word"
  done
  if found=$(_rowkeeper_values "$previous" "$current"); then
    compopt -o filenames 2>/dev/null
  elif [[ $previous == --* && $previous != --help ]] && ! _rowkeeper_is_switch "$previous"; then
    return
  else
    found=$(compgen -W "$(_rowkeeper_words "$command")" -- "$current")
  fi
  [ -z "$found" ] || mapfile -t COMPREPLY <<<"$found"
}

# Options that take no value: words may follow.
_rowkeeper_is_switch() {
  case $1 in
TEXT
  written_options | grep -oE '^--[a-z-]+(,--?[a-z-]+(\{[a-z]+\})?)*(=| \[)(true|false)' |
    grep -oE -- '--[a-z-]+' | sort -u | sed 's/.*/    &) return 0 ;;/'
  cat <<'TEXT'
    *) return 1 ;;
  esac
}

complete -F _rowkeeper rowkeeper
TEXT
}

if [ $# != 2 ] || [[ $1 != man && $1 != completion ]]; then
  usage >&2
  exit 2
fi
program=$2
helps=$(mktemp -d)
trap 'rm -rf "$helps"' EXIT
if [ "$1" = man ]; then man_page; else completion; fi
