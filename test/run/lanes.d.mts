/** The test files of one lane. */
export interface LaneFiles {
  readonly lane: string;
  /** These run two at a time. */
  readonly sideBySide: readonly string[];
  /** These run one after another. */
  readonly alone: readonly string[];
}

export declare const lanes: readonly {
  readonly name: string;
  readonly what: string;
  readonly paths: readonly string[];
}[];

/** @throws {Error} if a test file has no lane */
export declare function testFilesByLane(): LaneFiles[];

/** @returns the name of the lane of a test file; undefined if it has none */
export declare function laneOf(file: string): string | undefined;

/** The lanes that `words` begin with, and the other words. */
export declare function splitLanes(words: readonly string[]): {
  readonly chosen: readonly string[];
  readonly rest: readonly string[];
};
