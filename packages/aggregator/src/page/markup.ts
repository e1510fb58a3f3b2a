/** The most characters of one pushed text that the page shows. */
const MAX_TEXT = 120;

/** Pushed text, as HTML. It cannot end its element or attribute, turn the direction of what follows, or fill the page. */
export function pushedText(text: string): string {
  if (text === "") return "<i>empty</i>";
  // By code points, so that no pair of surrogates is cut. The first slice bounds the work.
  const characters = Array.from(text.slice(0, 2 * MAX_TEXT + 2));
  const isLong = characters.length > MAX_TEXT;
  const shown = isLong ? `${characters.slice(0, MAX_TEXT).join("")}…` : text;
  return `<bdi>${escapeHtml(visible(shown))}</bdi>`;
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Shows control characters, marks of direction and lone surrogates as U+FFFD. */
function visible(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu,
    "\uFFFD",
  );
}
