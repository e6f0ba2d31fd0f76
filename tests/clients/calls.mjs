// One call a line on stdin, one outcome a line on stdout, in order: so a client keeps its state and a test reads as Python.
// A line is a JSON array that `ask` gets as its arguments; what `ask` gives is the value, what it throws the refusal.

import { createInterface } from "node:readline";

export async function answerCalls(ask) {
  for await (const line of createInterface({ input: process.stdin })) {
    const outcome = await ask(...JSON.parse(line)).then(
      (value) => ({ value: value ?? null }),
      (error) => ({ refusal: { name: error.name, message: error.message, ...error } }),
    );
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
}
