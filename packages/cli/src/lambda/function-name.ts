import { WrongInput } from "../arguments/wrong-input.js";

/** A function as the command line names it. */
export interface FunctionName {
  /** As it was given. */
  readonly given: string;
  /** The name or the ARN, without a qualifier. */
  readonly name: string;
  /** Of an ARN; undefined for the region of the options or the environment. */
  readonly region: string | undefined;
  /** A version, an alias or `$LATEST`. */
  readonly qualifier: string | undefined;
}

const PATTERN =
  /^((?:arn:(aws[a-z-]*):lambda:([a-z]{2}(?:-[a-z]+)+-\d+):)?(?:\d{12}:)?(function:)?([\w-]{1,64}))(?::(\$LATEST|[\w-]{1,128}))?$/;

/**
 * Parses how Lambda lets a function be named: `shop`, `shop:live`, `123456789012:function:shop`, or its ARN, each with
 * or without a version or an alias.
 *
 * @throws WrongInput if it is none
 */
export function parseFunctionName(given: string): FunctionName {
  const [, name, partition, region, keyword, , qualifier] = PATTERN.exec(given) ?? [];
  // An account or an ARN is followed by the keyword, which otherwise is a name like any other.
  const isLong = /^(?:arn:|\d{12}:)/.test(given);
  if (
    name === undefined ||
    (isLong && keyword === undefined) ||
    (!isLong && keyword !== undefined)
  ) {
    throw new WrongInput(
      `${JSON.stringify(given.slice(0, 100))} is not the name of a function: give it as in shop, shop:live or arn:aws:lambda:eu-central-1:123456789012:function:shop`,
    );
  }
  void partition;
  return { given, name, region, qualifier };
}
