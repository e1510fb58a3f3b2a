import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const room = new URL("../../src/check/", import.meta.url);
const guide = readFileSync(new URL("../../README.md", import.meta.url), "utf8").replaceAll(
  /```.*?```/gs,
  "",
);

/** What begins a finding: its message, with `…` for what a template fills in. */
function messages(): string[] {
  return readdirSync(room).flatMap((file) => {
    const code = readFileSync(new URL(file, room), "utf8");
    const found = code.matchAll(
      /(?:new StepFailed|warning)\(\s*(?:"([^"\n]*)"|`((?:[^`$]|\$\{(?:[^{}`]|`[^`]*`)*\})*)`)/g,
    );
    return Array.from(found, ([, text, template]) =>
      (text ?? template ?? "").replaceAll(/\$\{(?:[^{}`]|`[^`]*`)*\}/g, "…"),
    );
  });
}

test("the guide has each message of a check that fails or warns", () => {
  const shown = new Set(Array.from(guide.matchAll(/`([^`]+)`/g), ([, code]) => code));
  const all = new Set(messages());
  expect(all.size).toBeGreaterThan(35);
  // What begins with another error's message, or names what its signal says.
  const known = [...all].filter(
    (text) => text !== "interrupted" && !text.startsWith("Prometheus: "),
  );
  expect(known.filter((text) => !shown.has(text))).toEqual([]);
});
