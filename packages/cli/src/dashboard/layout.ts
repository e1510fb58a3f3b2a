import type { QueryPanel, RowPanel } from "./dashboard.js";
import type { UnplacedPanel } from "./panel.js";

const COLUMNS = 24;

/** Panels below a heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly UnplacedPanel[];
}

/** Places panels from left to right, in rows as high as their highest panel, and numbers them. */
export function layOut(sections: readonly Section[]): (QueryPanel | RowPanel)[] {
  const placed: (QueryPanel | RowPanel)[] = [];
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  const newRow = () => {
    y += rowHeight;
    x = 0;
    rowHeight = 0;
  };
  for (const { title, panels } of sections) {
    newRow();
    placed.push({
      id: placed.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    });
    y += 1;
    for (const { width, height, ...panel } of panels) {
      if (x + width > COLUMNS) newRow();
      placed.push({ id: placed.length + 1, gridPos: { x, y, w: width, h: height }, ...panel });
      x += width;
      rowHeight = Math.max(rowHeight, height);
    }
  }
  return placed;
}
