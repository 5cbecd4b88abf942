"""Runs a command on a terminal of its own, answers its first question, and prints what the terminal showed. Ends as the command
does, or with 99 if it asked nothing.

usage: python3 terminal.py QUESTION ANSWER COMMAND [ARGUMENT…]     QUESTION: how the question ends
"""

import os
import pty
import sys

question, answer, *command = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)

shown, answered = b"", False
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        # The command has ended, and nobody else has the terminal.
        break
    if not part:
        break
    shown += part
    if not answered and question.encode() in shown:
        os.write(terminal, answer.encode() + b"\n")
        answered = True
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
sys.exit(os.waitstatus_to_exitcode(status) if answered else 99)
