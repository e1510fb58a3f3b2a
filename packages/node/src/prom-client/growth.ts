/** What a value of another library has added to a total. */
export interface Growth {
  /**
   * Adds what the value has grown by. As long as nothing else changes the total and the value is not reset, they are
   * the same number: sums of differences would drift.
   *
   * @param before the value when it was last read; 0 if it was reset since
   * @returns the new total; the same if a number in it is not finite
   */
  addTo(total: number, before: number, value: number): number;
}

export function createGrowth(): Growth {
  /** What the total has beside the value. */
  let base = 0;
  let written: number | undefined;
  return {
    addTo(total, before, value) {
      if (before === 0 || total !== written) base = total - before;
      const sum = base + value;
      if (!Number.isFinite(sum)) return total;
      return (written = sum);
    },
  };
}
