// Serves solc's standard JSON, one request and one answer a line, until stdin closes.
// Loading the compiler costs about a second, so one process is kept for many requests.
"use strict";

const readline = require("readline");

const solc = require(process.argv[2]);

readline.createInterface({ input: process.stdin, terminal: false }).on("line", (line) => {
  // The output is parsed and printed again so that it is certain to be one line.
  process.stdout.write(JSON.stringify(JSON.parse(solc.compile(line))) + "\n");
});
