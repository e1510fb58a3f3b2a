// Puts parentheses around the functions of dist/esm that a cold start calls, so that V8 compiles them with the module around them.
// It parses any other function twice: to find its end, and when it is first called. So a cold start takes less, and a good part of
// the first invocation becomes a small part of the import.
//
// Source: https://v8.dev/blog/preparser#pife. esbuild keeps such parentheses; other bundlers may drop them.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import MagicString from "magic-string";

const COLD_START = fileURLToPath(new URL("cold-start.mjs", import.meta.url));

/** Rewrites the modules that a function on Lambda loads, whether or not it is registered. */
export function addCompileHints() {
  for (const [file, starts] of calledInColdStarts()) {
    const code = readFileSync(file, "utf8");
    const hinted = withCompileHints(code, starts);
    // What has its hints from an earlier build stays as new as it is.
    if (hinted !== code) writeFileSync(file, hinted);
  }
}

/** @returns {Map<string, Set<number>>} where the functions begin that are called, by file */
function calledInColdStarts() {
  const files = new Map();
  for (const way of ["awaited", "registered"]) {
    const args = ["--conditions=module", COLD_START, way];
    const printed = execFileSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
    for (const [url, starts] of Object.entries(JSON.parse(printed))) {
      const file = fileURLToPath(url);
      files.set(file, new Set([...(files.get(file) ?? []), ...starts]));
    }
  }
  return files;
}

/**
 * Changes a module so that V8 compiles functions with it. What the module does stays the same.
 *
 * @param {string} code an ES module
 * @param {ReadonlySet<number>} starts where the functions begin, as V8 counts
 */
export function withCompileHints(code, starts) {
  const program = parse(code, {
    ecmaVersion: "latest",
    sourceType: "module",
    preserveParens: true,
  });
  const text = new MagicString(code);
  visit(program, []);
  return text.toString();

  function visit(node, ancestors) {
    if (/Function/.test(node.type)) hint(node, ancestors);
    for (const child of childrenOf(node)) visit(child, [...ancestors, node]);
  }

  function hint(node, ancestors) {
    const parent = ancestors.at(-1);
    const property = parent.type === "Property" ? parent : undefined;
    if (!starts.has(property?.method ? property.start : node.start)) return;
    if (node.type === "FunctionDeclaration") hintDeclaration(node, ancestors);
    else if (property?.method) hintMethod(node, property);
    else if (parent.type !== "ParenthesizedExpression")
      text.prependRight(node.start, "(").appendLeft(node.end, ")");
  }

  /** It becomes a variable. It may be used before it is reached, so it moves to the front, with its comment. */
  function hintDeclaration(node, ancestors) {
    const depth = ancestors.findLastIndex(({ type }) => /^(Program|BlockStatement)$/.test(type));
    const list = ancestors[depth];
    const isOfFunction = depth === 0 || /Function/.test(ancestors[depth - 1].type);
    if (!isOfFunction) return;
    text.prependRight(node.start, `var ${node.id.name} = (`).appendLeft(node.end, ");");
    const statement = ancestors[depth + 1] ?? node;
    const imports = list.body.filter(({ type }) => type === "ImportDeclaration");
    const front = imports.at(-1)?.end ?? (depth === 0 ? 0 : list.start + 1);
    const start = list.body[list.body.indexOf(statement) - 1]?.end ?? front;
    if (start > front) text.move(start, statement.end, front);
  }

  /** It becomes a property. A getter has no other form, and one with a computed name is too rare. */
  function hintMethod(node, { start, key, computed }) {
    if (computed) return;
    const name = code.slice(key.start, key.end);
    const keyword = `${node.async ? "async " : ""}function${node.generator ? "*" : ""}`;
    text.overwrite(start, node.start, `${name}: (${keyword} `).appendLeft(node.end, ")");
  }
}

function childrenOf(node) {
  return Object.values(node)
    .flat()
    .filter((child) => typeof child?.type === "string");
}
