// CHANGELOG.md follows https://keepachangelog.com. So does the text of each changeset: a list below one of these
// headings.
const HEADINGS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

/**
 * Moves the entries below "Unreleased", and those of the changesets, into a section for the new version.
 *
 * @param {string} changelog the text of CHANGELOG.md
 * @param {string} version
 * @param {string} date as YYYY-MM-DD
 * @param {readonly string[]} changesets their texts, without the front matter
 * @returns {string} the new text of CHANGELOG.md
 * @throws {Error} if CHANGELOG.md has no "Unreleased" section, or one of the texts has other headings
 */
export function release(changelog, version, date, changesets) {
  const found = /^## \[Unreleased\][^\n]*\n([\s\S]*?)(?=^## |^\[[^\]]+\]: |(?![\s\S]))/m.exec(
    changelog,
  );
  if (found === null) throw new Error("CHANGELOG.md has no section ## [Unreleased]: add one.");
  const [section, unreleased] = found;
  const entries = new Map(HEADINGS.map((heading) => [heading, []]));
  for (const text of [unreleased, ...changesets]) collect(text, entries);
  const body = [...entries]
    .filter(([, lists]) => lists.length > 0)
    .map(([heading, lists]) => `### ${heading}\n\n${lists.join("\n")}\n`)
    .join("\n");
  const released = `## [Unreleased]\n\n## [${version}] - ${date}\n\n${body}\n`;
  const rest = changelog.slice(found.index + section.length);
  return (changelog.slice(0, found.index) + released + rest).trimEnd() + "\n";
}

/**
 * The text of a changeset, without its front matter.
 *
 * @param {string} changeset the content of its file
 * @returns {string}
 */
export function textOf(changeset) {
  return changeset.replace(/^---\n[\s\S]*?^---\n/m, "");
}

/**
 * @param {string} text
 * @param {Map<string, string[]>} entries by heading; the lists of the text are added
 */
function collect(text, entries) {
  const [before, ...parts] = text.split(/^### +/m);
  if (before.trim() !== "")
    throw new Error(
      `"${before.trim()}" stands under no heading: put ### Added (or ${HEADINGS.slice(1).join(", ")}) above it.`,
    );
  for (const part of parts) {
    const [heading = "", ...lines] = part.split("\n");
    const lists = entries.get(heading.trim());
    if (lists === undefined)
      throw new Error(
        `"### ${heading.trim()}" is no heading of a changelog: use ${HEADINGS.join(", ")}.`,
      );
    lists.push(lines.join("\n").trim());
  }
}
