#!/usr/bin/env node
// npm links to this file when it installs, which in this repository is before the first build.
import { runCommandLine } from "../dist/esm/command-line.js";

await runCommandLine(process.argv.slice(2));
